/*
 * What the built-in network asks of the kernel for one pod, and nothing else, in the same two batches: on a socket in the pod's
 * namespace a veth pair whose other end is on the node, two addresses, two default routes; on the node that end becomes a port of
 * the bridge, is raised, and gets hairpin mode. Only the last request of a batch is acknowledged. The namespaces and their sockets
 * are there before, as they are for the daemon. Prints the mean of N pods in milliseconds.
 * Arguments: name of a bridge to make, N.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern unsigned if_nametoindex(const char *name);

enum { MAX_PODS = 200, INDEX = 100 };

static char batch[4096];
static int used, sequence;
static struct nlmsghdr *head;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void *put(int size) {
    void *at = (char *)head + head->nlmsg_len;
    memset(at, 0, NLMSG_ALIGN(size));
    head->nlmsg_len += NLMSG_ALIGN(size);
    return at;
}

static void begin(int type, int flags) {
    head = (struct nlmsghdr *)(batch + used);
    memset(head, 0, sizeof *head);
    head->nlmsg_len = NLMSG_HDRLEN;
    head->nlmsg_type = type;
    head->nlmsg_flags = NLM_F_REQUEST | flags;
    head->nlmsg_seq = ++sequence;
}

static struct rtattr *attribute(int type, const void *value, int size) {
    struct rtattr *at = put(RTA_LENGTH(size));
    at->rta_type = type;
    at->rta_len = RTA_LENGTH(size);
    if (size > 0) memcpy(RTA_DATA(at), value, size);
    return at;
}

static void text(int type, const char *value) { attribute(type, value, strlen(value) + 1); }

static void close_nest(struct rtattr *nest) { nest->rta_len = (char *)head + head->nlmsg_len - (char *)nest; }

static void end(void) { used += head->nlmsg_len; }

static void send_all(int socket) {
    char answer[1024];
    int waiting = 1;
    head->nlmsg_flags |= NLM_F_ACK;
    if (send(socket, batch, used, 0) != used) die("send");
    used = 0;
    while (waiting) {
        int got = recv(socket, answer, sizeof answer, 0);
        if (got < 0) die("recv");
        for (struct nlmsghdr *each = (void *)answer; NLMSG_OK(each, got); each = NLMSG_NEXT(each, got)) {
            if (each->nlmsg_type != NLMSG_ERROR) continue;
            errno = -((struct nlmsgerr *)NLMSG_DATA(each))->error;
            if (errno != 0) die("netlink");
            if (each->nlmsg_seq == (unsigned)sequence) waiting = 0;
        }
    }
}

static int netlink(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) die("socket");
    return fd;
}

static void change_link(const char *name, int up, int index) {
    struct ifinfomsg *link = put(sizeof *link);
    link->ifi_index = index;
    link->ifi_flags = link->ifi_change = up ? IFF_UP : 0;
    if (name) text(IFLA_IFNAME, name);
}

static int make_bridge(int socket, const char *name) {
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    change_link(name, 1, 0);
    struct rtattr *info = attribute(IFLA_LINKINFO, 0, 0);
    text(IFLA_INFO_KIND, "bridge");
    close_nest(info);
    end();
    send_all(socket);
    return if_nametoindex(name);
}

static void make_cable(const char *name, const unsigned char *mac, int node) {
    int mtu = 1500;
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    change_link("eth0", 1, INDEX);
    attribute(IFLA_MTU, &mtu, 4);
    attribute(IFLA_ADDRESS, mac, 6);
    struct rtattr *info = attribute(IFLA_LINKINFO, 0, 0);
    text(IFLA_INFO_KIND, "veth");
    struct rtattr *data = attribute(IFLA_INFO_DATA, 0, 0);
    struct rtattr *peer = attribute(VETH_INFO_PEER, 0, 0);
    change_link(0, 0, 0);
    text(IFLA_IFNAME, name);
    attribute(IFLA_MTU, &mtu, 4);
    attribute(IFLA_NET_NS_FD, &node, 4);
    close_nest(peer);
    close_nest(data);
    close_nest(info);
    end();
}

static void connect_cable(int socket, const char *name, int bridge) {
    char on = 1;
    begin(RTM_NEWLINK, 0);
    change_link(name, 1, 0);
    attribute(IFLA_MASTER, &bridge, 4);
    end();
    begin(RTM_NEWLINK, 0);
    change_link(name, 0, 0);
    struct rtattr *info = attribute(IFLA_LINKINFO, 0, 0);
    text(IFLA_INFO_SLAVE_KIND, "bridge");
    struct rtattr *data = attribute(IFLA_INFO_SLAVE_DATA, 0, 0);
    attribute(IFLA_BRPORT_MODE, &on, 1);
    close_nest(data);
    close_nest(info);
    end();
    send_all(socket);
}

static void give_address(int family, int size, const unsigned char *address, int prefix) {
    begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    struct ifaddrmsg *given = put(sizeof *given);
    given->ifa_family = family;
    given->ifa_prefixlen = prefix;
    given->ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0;
    given->ifa_index = INDEX;
    attribute(IFA_LOCAL, address, size);
    attribute(IFA_ADDRESS, address, size);
    end();
}

static void give_route(int family, int size, const unsigned char *gateway) {
    int link = INDEX;
    begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    struct rtmsg *route = put(sizeof *route);
    route->rtm_family = family;
    route->rtm_table = RT_TABLE_MAIN;
    route->rtm_protocol = RTPROT_STATIC;
    route->rtm_type = RTN_UNICAST;
    attribute(RTA_GATEWAY, gateway, size);
    attribute(RTA_OIF, &link, 4);
    end();
}

static void configure(int socket, int node, const char *name, int pod) {
    unsigned char four[4] = {10, 230, 9, 2 + pod}, gate4[4] = {10, 230, 9, 1};
    unsigned char six[16] = {0xfd, 0x23}, gate6[16] = {0xfd, 0x23};
    unsigned char mac[6] = {0xca, 0xfe, 10, 230, 9, 2 + pod};
    six[15] = 2 + pod;
    gate6[15] = 1;
    make_cable(name, mac, node);
    give_address(AF_INET, 4, four, 24);
    give_address(AF_INET6, 16, six, 64);
    give_route(AF_INET, 4, gate4);
    give_route(AF_INET6, 16, gate6);
    send_all(socket);
}

static void delete_link(int socket, const char *name) {
    begin(RTM_DELLINK, 0);
    change_link(name, 0, 0);
    end();
    send_all(socket);
}

/* A namespace held by nothing but the descriptor. */
static int make_namespace(void) {
    int ready[2], go[2];
    char byte = 0, path[64];
    if (pipe(ready) || pipe(go)) die("pipe");
    int child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWNET) || write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1) _exit(1);
        _exit(0);
    }
    if (read(ready[0], &byte, 1) != 1) die("namespace");
    snprintf(path, sizeof path, "/proc/%d/ns/net", child);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (write(go[1], &byte, 1) != 1) die("write");
    waitpid(child, 0, 0);
    close(ready[0]);
    close(ready[1]);
    close(go[0]);
    close(go[1]);
    return fd;
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
    int pods = count > 2 ? atoi(arguments[2]) : 0, node = netlink(), own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int namespaces[MAX_PODS], sockets[MAX_PODS];
    char names[MAX_PODS][16];
    double sum = 0;
    if (pods < 1 || pods > MAX_PODS) return 2;
    int bridge = make_bridge(node, arguments[1]);
    for (int pod = 0; pod < pods; pod++) {
        snprintf(names[pod], sizeof names[pod], "%.10s%d", arguments[1], pod);
        namespaces[pod] = make_namespace();
        if (setns(namespaces[pod], CLONE_NEWNET)) die("setns");
        sockets[pod] = netlink();
        if (setns(own, CLONE_NEWNET)) die("setns");
    }
    for (int pod = 0; pod < pods; pod++) {
        double begun = now();
        configure(sockets[pod], own, names[pod], pod);
        close(sockets[pod]);
        connect_cable(node, names[pod], bridge);
        sum += now() - begun;
    }
    for (int pod = 0; pod < pods; pod++) {
        delete_link(node, names[pod]);
        close(namespaces[pod]);
    }
    delete_link(node, arguments[1]);
    printf("%.4f\n", sum / pods);
    return 0;
}

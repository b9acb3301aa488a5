package carafe.network.bridge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Answers whoever asks by TCP or UDP with its own name and the address of who asks. */
final class EchoProgram {
    private EchoProgram() {}

    /**
     * @param arguments name and port
     */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[1]);
        ServerSocket tcp = new ServerSocket(port);
        DatagramSocket udp = new DatagramSocket(port);
        Thread.ofPlatform().start(() -> serveUdp(arguments[0], udp));
        System.out.println("ready");
        while (true) {
            try (Socket client = tcp.accept()) {
                byte[] _ = client.getInputStream().readNBytes(3);
                client.getOutputStream().write(answer(arguments[0], client.getInetAddress()));
            } catch (IOException e) {
                // That client has gone; the next one is served.
            }
        }
    }

    private static void serveUdp(String name, DatagramSocket udp) {
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(new byte[100], 100);
                udp.receive(packet);
                byte[] answer = answer(name, packet.getAddress());
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] answer(String name, InetAddress peer) {
        return (name + " " + IpRange.text(peer) + "\n").getBytes(StandardCharsets.UTF_8);
    }
}

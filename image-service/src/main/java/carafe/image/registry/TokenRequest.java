package carafe.image.registry;

import java.net.URI;

/**
 * What a token server is asked.
 *
 * @param realm where it is
 * @param query service and scope, encoded
 */
record TokenRequest(URI realm, String query, Credentials credentials) {}

package erythema.core;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts the one certificate whose public key has a pin, {@code sha256//BASE64} as the service
 * prints it (RFC 7469, 2.4): no authority has signed the certificate of a Nano.
 */
public final class CertificatePin implements X509TrustManager {

  private static final int HTTPS_PORT = 443;

  private final String pin;
  private volatile String found;

  public CertificatePin(String pin) {
    this.pin = pin;
  }

  /** Makes a connection trust this certificate alone, under whatever name the computer has. */
  public void trustIn(HttpsURLConnection connection) {
    connection.setSSLSocketFactory(sockets());
    connection.setHostnameVerifier((name, session) -> true);
  }

  /** The pin of the certificate that a server shows, or null; nothing is sent to it. */
  static String shownBy(URL server, int milliseconds) {
    CertificatePin none = new CertificatePin("");
    int port = server.getPort() == -1 ? HTTPS_PORT : server.getPort();
    String host = server.getHost().replaceAll("[\\[\\]]", ""); // IPv6
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), milliseconds);
      socket.setSoTimeout(milliseconds);
      ((SSLSocket) none.sockets().createSocket(socket, host, port, true)).startHandshake();
    } catch (IOException refused) {
      // As it must be, for no certificate has this pin.
    }
    return none.found;
  }

  private SSLSocketFactory sockets() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {this}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException(missing); // every Java has TLS
    }
  }

  public static String of(PublicKey key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return "sha256//" + Base64.getEncoder().encodeToString(digest);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    try {
      found = of(chain[0].getPublicKey());
      if (!found.equals(pin)) {
        throw new CertificateException("its pin is " + found);
      }
    } catch (GeneralSecurityException broken) {
      throw new CertificateException(broken);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("this is no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}

package erythema.core;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts the one certificate whose public key has a pin, {@code sha256//BASE64} as the service
 * prints it (RFC 7469, 2.4): no authority has signed the certificate of a Nano.
 */
public final class CertificatePin implements X509TrustManager {

  private final String pin;

  public CertificatePin(String pin) {
    this.pin = pin;
  }

  /** Makes a connection trust this certificate alone, under whatever name the computer has. */
  public void trustIn(HttpsURLConnection connection) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {this}, null);
      connection.setSSLSocketFactory(context.getSocketFactory());
      connection.setHostnameVerifier((name, session) -> true);
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
      String found = of(chain[0].getPublicKey());
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

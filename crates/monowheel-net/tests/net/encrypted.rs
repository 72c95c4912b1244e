//! An index that is asked over TLS, with a certificate authority of its own.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;

/// The file with the authority's certificate, and what a server on this machine shows.
struct Authority {
    file: PathBuf,
    config: Arc<ServerConfig>,
    _folder: tempfile::TempDir,
}

fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let leaf = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("root.pem");
        fs_err::write(&file, pem(root.der())).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).unwrap();
        Authority { file, config: Arc::new(config), _folder: folder }
    })
}

fn pem(der: &CertificateDer<'_>) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Answers requests with what `answer` says to their paths, and returns the server's port.
fn serve(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || {
                let connection = ServerConnection::new(Arc::clone(&authority().config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head);
                let path = head.split(' ').nth(1).unwrap_or_default();
                let _ = stream.write_all(format!("HTTP/1.1 {}", answer(path)).as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    port
}

fn page(body: &str) -> String {
    format!("200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// The index on this port, with the test's authority trusted.
fn trusting(port: u16) -> IndexOptions {
    let environment: fn(&str) -> Option<String> =
        |name| (name == "SSL_CERT_FILE").then(|| authority().file.display().to_string());
    IndexOptions { index_url: Some(format!("https://localhost:{port}/simple/")), environment, ..options() }
}

#[test]
fn the_certificate_file_of_the_environment_is_what_counts() {
    let port = serve(|_| page(&format!("<a href='/f/{FILE}'>")));
    assert_eq!(places(&offer("demo==1.0", &trusting(port)).unwrap().subjects), [FILE]);
    let untrusting = IndexOptions { environment: |_| None, ..trusting(port) };
    let said = said(offer("demo==1.0", &untrusting));
    assert!(said.contains("certificate") && said.contains("SSL_CERT_FILE"), "{said}");
}

#[test]
fn an_encrypted_index_does_not_redirect_to_plain_http() {
    let plain = Server::start(|_| Reply::new(200, format!("<a href='/f/{FILE}'>")));
    let target = plain.url("/simple/demo/");
    let port = serve(move |_| format!("302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"));
    let said = said(offer("demo==1.0", &trusting(port)));
    assert!(said.contains("from https to http"), "{said}");
    assert!(plain.seen().is_empty());
}

#[test]
fn a_file_of_an_encrypted_index_is_not_fetched_by_plain_http() {
    let bytes = noise(10);
    let plain = Server::of_file(&bytes);
    let link = format!("<a href='{}#sha256={}'>", plain.url(&format!("/f/{FILE}")), sha256(&bytes));
    let port = serve(move |_| page(&link));
    let found = offer("demo==1.0", &trusting(port)).unwrap();
    let refused = said((found.subjects[0].open)());
    assert!(refused.contains("an index on https links to it"), "{refused}");
    assert!(plain.seen().is_empty());
    let options = IndexOptions { insecure_hosts: vec!["127.0.0.1".to_owned()], ..trusting(port) };
    let found = offer("demo==1.0", &options).unwrap();
    assert_eq!((found.subjects[0].open)().unwrap().size(), 10);
}

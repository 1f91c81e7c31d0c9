extension View {
    /// `/certificate`: the TLS certificate of databases, buckets and this daemon.
    static let certificate = View(
        "/certificate", one: "Certificate",
        [.replace("cert_update"), .action("request", "cert_request"), .action("renew", "cert_renew")])
}

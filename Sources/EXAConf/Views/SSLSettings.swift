/// `[SSL]`: certificate files and the check of client certificates.
package struct SSLSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Path on the node.
    package var certificate: String { path("Cert") ?? "/exa/etc/ssl/ssl.crt" }

    /// Path on the node.
    package var key: String { path("CertKey") ?? "/exa/etc/ssl/ssl.key" }

    /// Path on the node.
    package var authority: String { path("CertAuth") ?? "/exa/etc/ssl/ssl.ca" }

    /// `none`, `optional` or `required`.
    package var verification: String { text("CertVerify") ?? "none" }

    /// Name in the certificate.
    package var domainName: String? { text("CertDomainName") }

    /// Files of 6.x hold `/path/to/…` as an example of a path; it names no file.
    private func path(_ key: String) -> String? {
        text(key).flatMap { $0.hasPrefix("/path/to/") ? nil : $0 }
    }
}

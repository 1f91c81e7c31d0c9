/// `[SSL]`: certificate files and the check of client certificates.
package struct SSLSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Path on the node.
    package var certificate: String { text("Cert") ?? "/exa/etc/ssl/ssl.crt" }

    /// Path on the node.
    package var key: String { text("CertKey") ?? "/exa/etc/ssl/ssl.key" }

    /// Path on the node.
    package var authority: String { text("CertAuth") ?? "/exa/etc/ssl/ssl.ca" }

    /// `none`, `optional` or `required`.
    package var verification: String { text("CertVerify") ?? "none" }

    /// Name in the certificate.
    package var domainName: String? { text("CertDomainName") }
}

import Certificates
import FoundationEssentials
import Gateway
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/certificate`, as far as it is read: what new connections are shown. The view of the same path replaces it.
struct CertificateResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/certificate", id: "getCertificate", summary: "Get the TLS certificate of this node",
                handler: read
            )
            .with { $0.locality = .anyNode }
            .answers("certificate", "Certificate") { $0.schemas = Self.schemas }
        ]
    }

    private func read(_ call: Call) async throws -> Response {
        let pem = String(decoding: services.certificate(), as: UTF8.self)
        guard let chain = try? CertificateChain(pem: pem) else {
            throw JobError(.objectMissing, "This node has no certificate that can be read.")
        }
        guard case .map(var members) = Self.value(chain.leaf) else { return Reply.json(.null) }
        members["chain"] = .list(chain.certificates.dropFirst().map(Self.value))
        members["pem"] = .string(chain.pem)
        return Reply.json(.map(members))
    }

    private static func value(_ certificate: Certificate) -> Value {
        [
            "subject": .string(certificate.subject), "issuer": .string(certificate.issuer),
            "serial_number": .string(certificate.serialNumber), "names": .strings(certificate.names.map(\.text)),
            "not_before": .string(time(certificate.notBefore.timeIntervalSince1970)),
            "not_after": .string(time(certificate.notAfter.timeIntervalSince1970)),
            "key_type": .string(certificate.keyType.rawValue), "key_bits": .int(certificate.keyBits),
            "self_signed": .bool(certificate.isSelfSigned), "fingerprint": .string(certificate.fingerprint),
        ]
    }

    private static func time(_ seconds: Double) -> String {
        // Dates of a certificate are of the years 0 to 9999.
        Timestamp(milliseconds: Int(max(-62_167_219_200, min(seconds, 253_402_300_799)) * 1000)).description
    }

    private static let facts: [String: Value] = [
        "subject": Schema.text("Distinguished name, as in RFC 2253."),
        "issuer": Schema.text("Distinguished name of who signed it."),
        "serial_number": Schema.text("Hexadecimal digits."),
        "names": Schema.list(Schema.text("A host name or an address."), "The hosts it is for."),
        "not_before": Schema.time("From when it is valid."), "not_after": Schema.time("Until when it is valid."),
        "key_type": Schema.openWord(KeyType.allCases.map(\.rawValue), "Algorithm of its key."),
        "key_bits": Schema.int("Size of its key."), "self_signed": Schema.truth("Whether its own key signed it."),
        "fingerprint": Schema.text("SHA-256 of its DER form, in hexadecimal digits."),
    ]

    private static let example: [String: Value] = [
        "subject": "CN=n11", "issuer": "CN=n11", "serial_number": "4c1f", "names": ["n11", "192.0.2.11"],
        "not_before": "2026-01-02T03:04:05.000Z", "not_after": "2036-01-02T03:04:05.000Z", "key_type": "ec",
        "key_bits": 256, "self_signed": true, "fingerprint": .string(String(repeating: "0f", count: 32)),
    ]

    private static let schemas: [String: Value] = [
        "CertificateFacts": Schema.reply(
            "A certificate.", needs: facts.keys.sorted(), facts, example: .map(example)),
        "Certificate": Schema.reply(
            "The certificate this node shows to new connections, with those it hands over beside it.",
            needs: facts.keys.sorted() + ["chain", "pem"],
            facts.merging([
                "chain": Schema.list(Schema.ref("CertificateFacts"), "The authorities above it."),
                "pem": Schema.text("All of them in PEM form."),
            ]) { first, _ in first },
            example: .map(
                example.merging([
                    "chain": [], "pem": "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n",
                ]) { first, _ in first })),
    ]
}

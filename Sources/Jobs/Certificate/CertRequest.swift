import Access
import Certificates
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `cert_request`: a key that stays on the node, and the request an authority signs.
    package static let certRequest = JobDefinition(
        name: "cert_request", noun: "certificate",
        summary: "Make a private key that stays on the node, and a request for an authority to sign.", mode: .read,
        permission: .databases, result: "The request (PKCS #10), PEM text.",
        work: .act { (context, _) throws(JobError) in
            let names = try context.requestedNames()
            let word = context.arguments.string("key_type") ?? ""
            let type = CertificateRequestMake.KeyType(rawValue: word) ?? .p256
            let make = CertificateRequestMake(
                commonName: try context.arguments.required("common_name"), hosts: names.map(\.text), keyType: type,
                keyPath: "/exa/etc/ssl/request-\(context.id).key")
            return Plan(commands: [try Command(make, on: context.certificateNode())]) { (outputs) throws(JobError) in
                .string(try CertificateRequestMake.answer(outputs.first).request)
            }
        }
    ).with {
        $0.answer = .str
        $0.undoes = .undoes(of: CertificateRequestMake.self)
        $0.help = """
            The key waits in `etc/ssl` of the node, `nid`, and nobody is told it. The chain the authority answers is installed by \
            `cert_update` with `requested`. 16 requests may be open at once. Without `dns_names` and `addresses` the \
            certificate is for the common name alone.
            """
        $0.mandatory = [
            Parameter("common_name", .str, text: "Common name of the subject, 1 to 64 characters.")
        ]
        $0.optional = [
            Parameter(
                "addresses", .list, text: "IPv4 and IPv6 addresses clients use.", shape: .list(.str, count: 0...100)),
            Parameter(
                "dns_names", .list, text: "Host names clients use; the first part may be `*`.",
                shape: .list(.str, count: 0...100)),
            Parameter(
                "key_type", .str, text: "Kind and size of the key.",
                default: .string(CertificateRequestMake.KeyType.p256.rawValue),
                allowed: CertificateRequestMake.KeyType.allCases.map { .string($0.rawValue) }),
            .certificateNode,
        ]
        $0.example = ["common_name": "n11.example.com", "dns_names": ["n11.example.com"], "addresses": ["192.0.2.11"]]
    }
}

extension Parameter {
    /// Whose certificate it is: each node has one of its own, unless `cert_update` gave all of them the same.
    static let certificateNode = Parameter("nid", .int, text: "Id of the node; the one that decides when left out.")
}

extension JobContext {
    /// The node whose certificate is meant, which has to be there.
    func certificateNode() throws(JobError) -> Int {
        guard let id = arguments.int("nid") else { return cluster.ownNode }
        _ = try document.given(node: id)
        guard cluster.isReachable(id) else {
            throw JobError(
                .objectBusy, "Node \(id) cannot be reached now, and its certificate is there.",
                details: ["nodes": [.int(id)]])
        }
        return id
    }

    /// The names the certificate is to have.
    fileprivate func requestedNames() throws(JobError) -> [SubjectName] {
        let commonName = try arguments.required("common_name")
        var names: [SubjectName] = []
        for (parameter, isAddress) in [("dns_names", false), ("addresses", true)] {
            for (index, text) in (try arguments.strings(parameter) ?? []).enumerated() {
                let name = SubjectName(host: text)
                guard name.isAddress == isAddress else {
                    let kind = isAddress ? "no IPv4 or IPv6 address" : "an address, which belongs into 'addresses'"
                    throw .invalid("\(parameter)/\(index)", "'\(text.echoed)' is \(kind).")
                }
                try Self.check(commonName: "n", [name], of: "\(parameter)/\(index)")
                names.append(name)
            }
        }
        if names.isEmpty { names = [SubjectName(host: commonName)] }
        try Self.check(commonName: commonName, names, of: "common_name")
        return names
    }

    private static func check(
        commonName: String, _ names: [SubjectName], of parameter: String
    ) throws(JobError) {
        do throws(CertificateError) {
            _ = try SigningRequest(commonName: commonName, names: names)
        } catch {
            throw .invalid(parameter, error.message)
        }
    }
}

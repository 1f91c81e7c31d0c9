import Certificates
package import Values

/// Private keys that stand where anybody may read them later: in a parameter, a reason or a note that is no secret.
///
/// They are refused before anything is stored, whatever job, interface or field they came by.
package enum MisplacedKey {
    /// The faults of a value, each with the JSON pointer of its place.
    ///
    /// - Parameters:
    ///   - place: Where the value stands.
    ///   - secrets: Names of members that may hold keys, on every level.
    package static func faults(in value: Value, at place: String, secrets: Set<String> = []) -> [JobError.Fault] {
        switch value {
        case .string(let text): holdsKey(text) ? [fault(place)] : []
        case .list(let elements):
            elements.enumerated().flatMap { faults(in: $1, at: "\(place)/\($0)", secrets: secrets) }
        case .map(let members):
            members.filter { !secrets.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { name, member in
                // The name itself would be told in the pointer.
                holdsKey(name)
                    ? [fault(place)]
                    : faults(in: member, at: place + JobError.segment(of: name), secrets: secrets)
            }
        default: []
        }
    }

    /// Refuses a text that is kept with what it is about.
    ///
    /// - Throws: ``JobError`` with the pointer of the text.
    package static func refuse(_ text: String?, at pointer: String) throws(JobError) {
        try refuse(faults(in: text.map(Value.string) ?? .null, at: pointer))
    }

    /// Refuses parameters of a job, and its reason.
    static func refuse(_ request: JobRequest, secrets: Set<String>) throws(JobError) {
        try refuse(
            faults(in: .map(request.parameters), at: "/params", secrets: secrets)
                + faults(in: request.intent.map(Value.string) ?? .null, at: "/reason"))
    }

    /// What may be written down of a text that nobody has checked.
    package static func masked(_ text: String) -> String { holdsKey(text) ? "***" : text }

    private static func refuse(_ faults: [JobError.Fault]) throws(JobError) {
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    private static func holdsKey(_ text: String) -> Bool {
        // No armour is shorter, and most texts are.
        text.utf8.count > 22 && PEMText.holdsPrivateKey(text.utf8)
    }

    private static func fault(_ place: String) -> JobError.Fault {
        JobError.Fault(
            pointer: place, code: .parameterInvalid,
            text: "There is a private key in \(place), which is kept and shown: take it out. Nothing was stored.")
    }
}

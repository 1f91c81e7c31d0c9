import Values

/// Refuses addresses with a password or a signature in them, where a job has parameters of its own for that.
///
/// Every text that is an address as a whole counts, whatever its parameter is called. An address that is already in the
/// configuration is used as before, and one within a patch of the configuration is masked.
enum AddressCheck {
    /// - Throws: ``JobError/Code/parameterInvalid`` with the place of each such address.
    static func refuse(_ request: JobRequest, of definition: JobDefinition) throws(JobError) {
        let names = definition.parameters.filter(\.isSecret).map(\.name).sorted()
        guard !names.isEmpty else { return }
        let secrets = definition.secrets(in: request.parameters)
        let faults = places(in: .map(request.parameters), at: [], besides: secrets).map { place in
            JobError.Fault(
                pointer: JobError.pointer(place), code: .parameterInvalid,
                text: "'\(place.joined(separator: "/").echoed)': there is a password or a signature in the address, "
                    + "which is kept and shown. Take it out; for secrets there are "
                    + "\(names.joined(separator: ", ")). Nothing was stored.")
        }
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    private static func places(in value: Value, at place: [String], besides secrets: Set<String>) -> [[String]] {
        switch value {
        case .string(let text): Secret.found(inAddress: text).isEmpty ? [] : [place]
        case .list(let elements):
            elements.enumerated().flatMap { places(in: $1, at: place + [String($0)], besides: secrets) }
        case .map(let members):
            members.filter { !secrets.contains($0.key) }.sorted { $0.key < $1.key }.flatMap {
                places(in: $1, at: place + [$0], besides: secrets)
            }
        default: []
        }
    }
}

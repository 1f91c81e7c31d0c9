import EXAConf
import JobEngine
import Values

/// A whole configuration that is to take the place of the present one.
extension Document {
    /// The text of a file a caller gave.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` with every fault and its line.
    static func given(file text: String, replacing present: Document) throws(JobError) -> Document {
        let (document, problems) = examine(Array(text.utf8), replacing: present)
        if let error = JobError(
            problems.map { .init(pointer: "/params/text", code: .parameterInvalid, text: $0.description) })
        {
            throw error
        }
        guard let document else { throw .invalid("text", "'text' is no EXAConf.") }
        return document
    }

    /// Takes over what stands for the place in the sequence of revisions, which is the daemon's to say.
    mutating func takeStamp(of present: Document) throws(JobError) {
        guard contains(.global) else { return }
        for key in ["Revision", "Checksum"] {
            guard let value = present.value(key, in: .global) else { continue }
            try edit { (draft) throws(EXAConfError) in try draft.set(key, to: value, in: .global) }
        }
    }

    /// Refuses a configuration that could not be loaded again.
    ///
    /// - Parameter place: The pointer of a section's or key's place in the request.
    /// - Throws: ``JobError/Code/parameterInvalid`` with every broken rule and its line.
    func requireSound(at place: ([String]) -> String) throws(JobError) {
        let faults = problems().map { problem in
            JobError.Fault(
                pointer: place(
                    problem.path.names.map(\.description) + (problem.key.map { $0.isEmpty ? [] : [$0] } ?? [])),
                code: .parameterInvalid, text: problem.description)
        }
        if let error = JobError(faults) { throw error }
        guard (try? Document(parsing: canonicalBytes()))?.root == root else {
            throw JobError(
                .parameterInvalid, "What the change leaves could not be read again. Give plain names and values.")
        }
    }
}

import EXAConf
import JobEngine
import NodeCommands
import Values

/// The license file of a node: where it is, and what the node's answer to reading it means.
enum LicenseFile {
    /// The path a cluster gets that has none.
    static let standard = "/exa/etc/license.exasol_license"

    /// A plan that reads the file on this node and makes an answer of its text.
    static func reading(
        _ context: JobContext, _ answer: @escaping @Sendable (String) throws(JobError) -> Value
    ) throws(JobError) -> Plan {
        guard let path = context.document.global.licenseFile else {
            throw JobError(.objectMissing, "There is no license yet: install one with license_upload.")
        }
        let command = try Command(
            LicenseRead(at: path), on: context.cluster.ownNode, deadline: JobContext.longestLook)
        return Plan(commands: [command]) { (outputs) throws(JobError) in
            guard let text = try LicenseRead.answer(outputs.first).text else {
                throw JobError(.objectMissing, "There is no license file at \(path): install one with license_upload.")
            }
            return try answer(text)
        }
    }
}

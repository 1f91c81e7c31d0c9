import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `license_info`: the fields of the installed license.
    package static let licenseInfo = JobDefinition(
        name: "license_info", noun: "license", summary: "Fields of the license.", mode: .read,
        permission: .administration,
        result: "Dict with Contract, Exasol_DB_license and Limits; a limit is int or 'Unlimited'.",
        work: .look { (context) throws(JobError) in
            try LicenseFile.reading(context) { (text) throws(JobError) in
                do throws(JobError) {
                    return try License(text).value
                } catch {
                    throw JobError(.jobFailed, "The license file cannot be read: install another with license_upload.")
                }
            }
        }
    ).with {
        $0.answer = .license
        $0.recovery = .restart
    }

    /// `license_download`: the installed license as it was uploaded.
    package static let licenseDownload = JobDefinition(
        name: "license_download", noun: "license", summary: "Contents of the license file.", mode: .read,
        permission: .administration, result: "The content, as text.",
        work: .look { (context) throws(JobError) in
            try LicenseFile.reading(context) { (text) throws(JobError) in .string(text) }
        }
    ).with {
        $0.answer = .str
        $0.recovery = .restart
    }

    /// `license_run_check`: whether the memory of the databases fits the license, were all of them started.
    package static let licenseRunCheck = JobDefinition(
        name: "license_run_check", noun: "license", summary: "Check the databases against the license.", mode: .read,
        permission: .administration,
        result: "Dict: valid (bool), the memory limit in GiB, the memory of each database in MiB, and messages.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let memory = document.databases.map { ($0.name, $0.memory?.mebibytes ?? 0) }
            return try LicenseFile.reading(context) { (text) throws(JobError) in
                try License(text).verdict(on: Dictionary(memory) { first, _ in first })
            }
        }
    ).with {
        $0.answer = .licenseVerdict
        $0.help = "No database runs by itself here, so it looks at what is configured."
        $0.recovery = .restart
    }
}

extension License {
    /// Compares the memory of databases, in MiB, with the limit.
    func verdict(on memory: [String: Int]) -> Value {
        let total = memory.values.reduce(0) { sum, next in
            let (result, overflow) = sum.addingReportingOverflow(next)
            return overflow ? Int.max : result
        }
        // Compared in GiB, rounded up: no limit is large enough to overflow that way.
        let gibibytes = total / 1024 + (total % 1024 == 0 ? 0 : 1)
        let isWithin = memoryLimit.map { gibibytes <= $0 } ?? true
        let message =
            "The databases are configured with \(gibibytes) GiB, more than the \(memoryLimit ?? 0) GiB licensed."
        return [
            "valid": .bool(isWithin), "max_db_mem_size_in_gb": memoryLimit.map(Value.int) ?? "Unlimited",
            "db_mem_size_in_mib": .map(memory.mapValues(Value.int)), "running": [],
            "messages": isWithin ? [] : [.string(message)],
        ]
    }
}

extension Shape {
    fileprivate static let licenseVerdict = Shape.object(
        "LicenseRunCheckResult", text: "Whether the databases are within the license.",
        members: [
            .has("valid", .bool), .has("max_db_mem_size_in_gb", .limit, text: "GiB, or Unlimited.", like: 64),
            .has("db_mem_size_in_mib", .dict(.int), text: "What is configured, by database."),
            .has("running", .names, text: "Always empty.", like: []),
            .has("messages", .names, text: "What is wrong.", like: []),
        ])
}

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

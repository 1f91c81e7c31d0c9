import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
        "LicenseRunCheckResult", "Whether the databases are within the license.",
        [
            .has("valid", .bool), .has("max_db_mem_size_in_gb", .limit, "GiB, or Unlimited.", like: 64),
            .has("db_mem_size_in_mib", .dict(.int), "What is configured, by database."),
            .has("running", .names, "Always empty.", like: []), .has("messages", .names, "What is wrong.", like: []),
        ])
}

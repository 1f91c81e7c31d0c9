import EXAConf
import JobEngine

/// One rule of a firewall, as the jobs on infrastructure take it.
enum FirewallRule {
    /// Refuses rules the cloud could not understand, all their faults at once.
    static let check: @Sendable (Arguments) throws(JobError) -> Void = { (arguments) throws(JobError) in
        var faults: [JobError.Fault] = []
        for name in ["egress_rules", "ingress_rules"] {
            for (index, rule) in (arguments.list(name) ?? []).enumerated() {
                faults += FirewallRule.faults(of: rule, at: "\(name)/\(index)")
            }
        }
        if let error = JobError(faults) { throw error }
    }

    private static func faults(of rule: Value, at place: String) -> [JobError.Fault] {
        guard let members = rule.map else {
            return [fault(place, .parameterInvalid, "expected dict, got \(rule.typeName).")]
        }
        var faults: [JobError.Fault] = []
        for name in members.keys.sorted() where !["CidrIp", "FromPort", "IpProtocol", "ToPort"].contains(name) {
            let text = "'\(name.prefix(100))' is unknown; it takes CidrIp, FromPort, IpProtocol, ToPort."
            faults.append(fault("\(place)/\(name)", .parameterUnknown, text))
        }
        if members["CidrIp"]?.string.flatMap({ Network($0) }) == nil {
            faults.append(fault("\(place)/CidrIp", .parameterInvalid, "'CidrIp': give a network like 10.0.0.0/8."))
        }
        if members["IpProtocol"]?.string?.isEmpty ?? true {
            faults.append(fault("\(place)/IpProtocol", .parameterInvalid, "'IpProtocol': give a text like tcp."))
        }
        // -1 stands for every port, as clouds write it.
        for name in ["FromPort", "ToPort"] where !(members[name]?.int.map { (-1...65_535).contains($0) } ?? false) {
            faults.append(fault("\(place)/\(name)", .parameterInvalid, "'\(name)': give a port, or -1 for all."))
        }
        return faults
    }

    private static func fault(_ place: String, _ code: JobError.Code, _ text: String) -> JobError.Fault {
        JobError.Fault(pointer: "/params/\(place)", code: code, text: "\(place): \(text)")
    }
}

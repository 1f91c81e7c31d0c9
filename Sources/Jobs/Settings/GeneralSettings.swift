import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `general_settings`: changes settings that have no job of their own, all that are given or none.
    package static let generalSettings = JobDefinition(
        name: "general_settings", noun: "settings",
        summary: "Change settings of EXAConf that have no job of their own.",
        mode: .modify, permission: .administration, result: "Nothing.",
        work: .change { (context, document) throws(JobError) in
            var faults: [JobError.Fault] = []
            for (section, keys) in (context.arguments.map("changes") ?? [:]).sorted(by: { $0.key < $1.key }) {
                guard let known = GeneralSetting.keys[section], let values = keys.map else {
                    faults.append(
                        .unsettable("changes/\(section.echoed)", keys.map == nil ? nil : GeneralSetting.keys.keys))
                    continue
                }
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    guard known.contains(key) else {
                        faults.append(.unsettable("changes/\(section)/\(key.echoed)", known))
                        continue
                    }
                    do throws(JobError) {
                        try GeneralSetting.set(key, of: section, to: value, in: &document)
                    } catch {
                        faults += error.faults.isEmpty ? [.init(error, at: "changes/\(section)/\(key)")] : error.faults
                    }
                }
            }
            if let error = JobError(faults) { throw error }
            return nil
        }
    ).with {
        let settings = GeneralSetting.keys.sorted { $0.key < $1.key }
            .map { "\($0.key): \($0.value.joined(separator: ", "))" }.joined(separator: "; ")
        $0.help = "These can be changed: \(settings). One wrong value is enough that nothing is changed."
        // One of the settings is a password.
        $0.mandatory = [Parameter("changes", .dict, text: "Section name -> dict of key -> new value.")]
        $0.secretMembers = ["ExaMonitorUserPassword"]
        $0.example = ["changes": ["Global": ["NameServers": "4.4.4.4", "XMLRPCPort": 20003]]]
    }
}

extension JobError.Fault {
    /// A section or key that is not among those that can be set; without a list it is no dict.
    fileprivate static func unsettable(_ place: String, _ allowed: (some Sequence<String>)?) -> JobError.Fault {
        let text = allowed.map { "can be none but \($0.sorted().joined(separator: ", "))." } ?? "must be a dict."
        return .init(pointer: "/params/\(place)", code: .parameterInvalid, text: "'\(place)' \(text)")
    }

    fileprivate init(_ error: JobError, at place: String) {
        self.init(pointer: "/params/\(place)", code: error.code, text: error.message)
    }
}

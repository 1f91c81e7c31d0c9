import EXAConf
import JobEngine
import Values

/// The settings `general_settings` may change, and how a value sent for one becomes text of the file.
enum GeneralSetting {
    /// Keys by section; ConfD documentation, `general_settings`.
    static let keys: [String: [String]] = [
        "Global": [
            "SSHPort", "XMLRPCPort", "WebUIBackendPort", "WebUIDomain", "EnableLoadBalancer", "Networks", "NameServers",
            "SearchDomains", "LicenseRAWMEMWarnThreshold", "Hugepages", "IssueTracker", "StorageConnectionThreads",
            "StorageMaxConnections", "ExaMonitorUserName", "ExaMonitorUserPassword",
        ],
        "Logging": ["LogRotationTypes", "RemoteLogRotationVolume", "RemoteLogRotationPrefix"],
    ]

    private static let truths: Set<String> = ["EnableLoadBalancer"]
    private static let lists: Set<String> = ["Networks", "NameServers", "SearchDomains", "LogRotationTypes"]
    private static let positives: Set<String> = ["StorageConnectionThreads", "StorageMaxConnections"]

    /// Sets one key, or throws why not.
    static func set(_ key: String, of section: String, to value: Value, in document: inout Document) throws(JobError) {
        let pointer = "changes/\(section)/\(key)"
        if let error = JobError(StorableText.faults(of: value, at: pointer)) { throw error }
        if key == "LogRotationTypes" {
            let types = try elements(of: value, at: pointer)
            return try edit(&document, key: key, at: pointer) { (draft) throws(EXAConfError) in
                try draft.setLogging(rotationTypes: types)
            }
        }
        let text = try text(of: value, for: key, at: pointer)
        try edit(&document, key: key, at: pointer) { (draft) throws(EXAConfError) in
            switch key {
            case "RemoteLogRotationVolume": try draft.setLogging(remoteVolume: text.isEmpty ? "None" : text)
            case "RemoteLogRotationPrefix": try draft.setLogging(remotePrefix: text.isEmpty ? "None" : text)
            default: try draft.setGeneral(key, to: text)
            }
        }
    }

    private static func edit(
        _ document: inout Document, key: String, at pointer: String,
        _ change: (inout Document) throws(EXAConfError) -> Void
    ) throws(JobError) {
        try document.edit(about: pointer, keys: [key: pointer], change)
    }

    private static func text(of value: Value, for key: String, at pointer: String) throws(JobError) -> String {
        if lists.contains(key) { return try elements(of: value, at: pointer).joined(separator: ", ") }
        switch value {
        case .string(let text) where truths.contains(key):
            guard let truth = BoolText.parse(text) else { throw .invalid(pointer, "'\(pointer)': give True or False.") }
            return BoolText.text(truth)
        case .bool(let truth) where truths.contains(key): return BoolText.text(truth)
        case .int(let number): return try checked(String(number), for: key, at: pointer)
        case .string(let text): return try checked(text, for: key, at: pointer)
        default:
            let expected = truths.contains(key) ? "bool" : "str or int"
            throw .invalid(pointer, "'\(pointer)': expected \(expected), got \(value.typeName).")
        }
    }

    private static func checked(_ text: String, for key: String, at pointer: String) throws(JobError) -> String {
        if positives.contains(key), Int(text).map({ $0 < 1 }) ?? true {
            throw .invalid(pointer, "'\(pointer)': give a number of 1 or more.")
        }
        return text
    }

    private static func elements(of value: Value, at pointer: String) throws(JobError) -> [String] {
        switch value {
        case .string(let text): return ListText.split(text)
        case .list(let values):
            var elements: [String] = []
            for element in values {
                guard let text = element.string, !text.isEmpty, !text.utf8.contains(UInt8(ascii: ",")) else {
                    throw .invalid(pointer, "'\(pointer)': the elements are texts without commas.")
                }
                elements.append(text)
            }
            return elements
        default: throw .invalid(pointer, "'\(pointer)': expected list or str, got \(value.typeName).")
        }
    }
}

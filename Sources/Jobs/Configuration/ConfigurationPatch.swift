import Access
import EXAConf
import JobEngine
import Values

/// A change of the configuration as a merge patch (RFC 7396) of its JSON form: objects for sections, by their header,
/// texts for keys, null for what goes.
struct ConfigurationPatch {
    private var document: Document
    private let principal: Principal
    private var faults: [JobError.Fault] = []

    /// The configuration after a patch.
    ///
    /// - Parameter principal: Who asks: the cluster's token, which stands for root, is root's to change.
    /// - Throws: ``JobError`` with every member that cannot be applied, or with every rule the result would break.
    static func applied(
        _ members: [String: Value], to document: Document, by principal: Principal
    ) throws(JobError) -> Document {
        var patch = ConfigurationPatch(document: document, principal: principal)
        patch.apply(members, to: .root, at: [])
        if let error = JobError(patch.faults) { throw error }
        try patch.document.requireSound(at: { JobError.pointer(["patch"] + $0) })
        return patch.document
    }

    private init(document: Document, principal: Principal) {
        self.document = document
        self.principal = principal
    }

    private mutating func apply(_ members: [String: Value], to path: SectionPath, at place: [String]) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let here = place + [name]
            let child = path.appending(SectionName(header: name))
            do throws(EXAConfError) {
                switch value {
                case .null: try remove(name, or: child, in: path, at: here)
                case .string(let text): try set(name, to: text, unless: child, in: path, at: here)
                case .map(let inner): try enter(child, named: name, with: inner, in: path, at: here)
                default: break
                }
            } catch {
                note(error.message, at: here)
            }
        }
    }

    private mutating func remove(
        _ name: String, or child: SectionPath, in path: SectionPath, at here: [String]
    ) throws(EXAConfError) {
        guard isPermitted(name, in: path, at: here), document.contains(path) else { return }
        if try !document.remove(name, in: path) { document.removeSection(child) }
    }

    private mutating func set(
        _ name: String, to text: String, unless child: SectionPath, in path: SectionPath, at here: [String]
    ) throws(EXAConfError) {
        if document.contains(child) { return note("It is a section: give an object, or null to remove it.", at: here) }
        let present = document.value(name, in: path)
        guard present != text else { return }
        let type = document.value("Type", in: path)
        // A caller who may not see a secret sends back what they were shown: it stays as it is.
        if text.contains(Secret.mask), present.map({ Secret.masked($0, of: name, ofStore: type) }) == text { return }
        if Secret.isMasked(text, of: name, ofStore: type) {
            return note("There is no value that '\(Secret.mask)' could stand for.", at: here)
        }
        guard isPermitted(name, in: path, at: here) else { return }
        try document.set(name, to: text, in: path)
    }

    private mutating func enter(
        _ child: SectionPath, named name: String, with members: [String: Value], in path: SectionPath,
        at here: [String]
    ) throws(EXAConfError) {
        if document.value(name, in: path) != nil {
            return note("It is a key: give a text, or null to remove it.", at: here)
        }
        if !document.contains(child) { try document.addSection(child) }
        apply(members, to: child, at: here)
    }

    private mutating func isPermitted(_ name: String, in path: SectionPath, at here: [String]) -> Bool {
        guard path == .global, name == "AuthenticationToken", !principal.isRoot else { return true }
        note("Only root may change the token that acts as root.", at: here, code: .permissionDenied)
        return false
    }

    private mutating func note(_ text: String, at place: [String], code: JobError.Code = .parameterInvalid) {
        faults.append(.init(pointer: JobError.pointer(["patch"] + place), code: code, text: text))
    }
}

extension ConfigurationPatch {
    /// Keys of `[Global]` that say what the file is, and are set by the daemon alone.
    static let owned: Set<String> = ["Revision", "Checksum", "ConfVersion"]

    /// Refuses what no configuration can take: values that are neither texts, objects nor null, texts the file cannot
    /// hold, names with a secret in them, and keys the daemon sets itself.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid`` with all faults.
    static func check(_ members: [String: Value]) throws(JobError) {
        var faults: [JobError.Fault] = []
        find(in: members, [], &faults)
        if let error = JobError(faults) { throw error }
    }

    private static func find(in members: [String: Value], _ place: [String], _ faults: inout [JobError.Fault]) {
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let here = place + [name]
            if let text = fault(of: value, at: here) {
                faults.append(.init(pointer: JobError.pointer(["patch"] + here), code: .parameterInvalid, text: text))
            } else if let inner = value.map {
                find(in: inner, here, &faults)
            }
        }
    }

    private static func fault(of value: Value, at place: [String]) -> String? {
        let shown = place.suffix(1).joined().echoed
        if SectionName(header: place[0]) == "Global" {
            if place.count == 2, owned.contains(place[1]) { return "'\(shown)' is set by the daemon: leave it out." }
            if place.count == 1, value == .null { return "[Global] cannot be removed." }
        }
        let name = place.last ?? ""
        if Secret.masked(name) != name || Secret.isMasked(name, of: "") {
            return "'\(shown)': a name is shown to everybody and cannot hold a secret."
        }
        switch value {
        case .null, .map: return nil
        case .string(let text): return StorableText.fault(of: text).map { "'\(shown)' \($0)" }
        default: return "'\(shown)': expected a text, an object or null, got \(value.typeName)."
        }
    }
}

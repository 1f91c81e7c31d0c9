import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `settings_list`: sections of the configuration with their keys as text, secrets as `***`.
    package static let settingsList = JobDefinition(
        name: "settings_list", noun: "settings",
        summary: "Settings of EXAConf: all, a section, or named keys of sections.",
        mode: .read, permission: .administration,
        result: "Dict of section names, each with a dict of keys and their texts.",
        work: .answer { (context) throws(JobError) in
            let sections = context.document.redacted().root.sections
            guard let wanted = context.arguments.map("sections") else {
                let shown = sections.filter { !$0.entries.isEmpty }.map { ($0.header, $0.settings(nil)) }
                return .map(Dictionary(shown) { first, _ in first })
            }
            var answer: [String: Value] = [:]
            for (name, keys) in wanted.sorted(by: { $0.key < $1.key }) {
                guard let section = sections.first(where: { $0.name == SectionName(header: name) }) else {
                    throw .missing("section \(name.echoed)")
                }
                answer[name] = section.settings(try keys.settingNames(of: name))
            }
            return .map(answer)
        }
    ).with {
        $0.answer = .dict(.dict(.str))
        $0.help = "A section with an empty list is shown with all its keys. Keys that are not set are left out."
        $0.optional = [
            Parameter("sections", .dict, text: "Section name -> list of keys.", shape: .dict(.either([.names, .str])))
        ]
        $0.example = ["sections": ["Global": ["NameServers", "XMLRPCPort"]]]
    }
}

extension Section {
    /// The values of some keys, or of all.
    fileprivate func settings(_ names: Set<String>?) -> Value {
        let chosen = entries.filter { names?.contains($0.key) ?? true }
        return .map(Dictionary(chosen.map { ($0.key, .string($0.value)) }) { first, _ in first })
    }
}

extension Value {
    /// The keys asked for; `nil` for all.
    fileprivate func settingNames(of section: String) throws(JobError) -> Set<String>? {
        switch self {
        case .null: return nil
        case .string(let name): return name.isEmpty ? nil : [name]
        case .list(let elements):
            let names = elements.compactMap(\.string)
            guard names.count == elements.count else { break }
            return names.isEmpty ? nil : Set(names)
        default: break
        }
        throw .invalid("sections", "'sections': give a list of keys for \(section.echoed).")
    }
}

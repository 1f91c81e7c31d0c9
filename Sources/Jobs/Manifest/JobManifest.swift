import Access
import JobEngine
package import Values

/// What `job.yaml` in a folder of `jobs.d` says: one job that an executable does.
///
/// Source: docs/plug-ins.md.
package struct JobManifest: Sendable {
    /// The name of the job, which is that of its folder.
    package let name: String
    let noun: String
    let summary: String
    let help: String?
    let mode: JobMode
    let permission: Permission
    let parameters: [ManifestParameter]
    let substitutes: [String: [String]]
    let secretResults: Set<String>
    let result: String
    let example: [String: Value]
    let locks: [ManifestLock]
    let recovery: Recovery
    let hasUndo: Bool
    /// The file in the folder that does the job.
    package let executable: String
    /// The user of the machine it runs as; `nil` for the daemon's own.
    package let user: String?
    let limits: JobProgramLimits

    /// A manifest nobody can make a job of.
    package struct Unusable: Error, CustomStringConvertible {
        /// All faults, one sentence each.
        package let faults: [String]
        package var description: String { faults.joined(separator: " ") }
    }

    /// - Parameters:
    ///   - value: The parsed file.
    ///   - name: Of the folder it lies in.
    /// - Throws: ``Unusable`` with every fault.
    package init(_ value: Value, name: String) throws(Unusable) {
        var reader = ManifestReader(value)
        self.name = name
        if !Self.isName(name) { reader.note("the folder's name", "has to match [a-z][a-z0-9_]{0,63}") }
        noun = reader.text("noun") ?? "plug-in"
        summary = reader.requiredText("summary")
        help = reader.text("help")
        mode = reader.word("mode", JobMode.self) ?? .read
        let (users, groups) = (reader.texts("allowed_users"), reader.texts("allowed_groups"))
        permission = users.isEmpty && groups.isEmpty ? .root : Permission(users: users, groups: groups)
        var parameters: [ManifestParameter] = []
        for (index, element) in reader.elements("parameters").enumerated() {
            parameters.append(ManifestParameter(element, at: "parameters[\(index)].", &reader))
        }
        self.parameters = parameters
        let names = Set(parameters.map(\.parameter.name))
        if names.count != parameters.count { reader.note("parameters", "name one parameter twice") }
        substitutes = Self.substitutes(&reader, among: names)
        secretResults = Set(reader.texts("secret_results"))
        result = reader.text("result") ?? "What the executable answers."
        example = reader.object("example")
        locks = reader.elements("locks").enumerated().map { index, element in
            ManifestLock(element, at: "locks[\(index)].", among: names, &reader)
        }
        recovery = reader.word("recovery", Recovery.self) ?? .fail
        hasUndo = reader.flag("undo")
        executable = reader.text("executable") ?? "run"
        if !Self.isFileName(executable) { reader.note("executable", "has to be the name of a file in the folder") }
        user = reader.text("user")
        limits = JobProgramLimits(&reader)
        reader.end()
        if reader.faults.isEmpty { reader.add(exampleFaults) }
        guard reader.faults.isEmpty else { throw Unusable(faults: reader.faults) }
    }

    private static func substitutes(_ reader: inout ManifestReader, among names: Set<String>) -> [String: [String]] {
        var substitutes: [String: [String]] = [:]
        for (name, value) in reader.object("substitutes") {
            let others = (value.list ?? [value]).compactMap(\.string)
            if !names.isSuperset(of: others + [name]) { reader.note("substitutes", "name an unknown parameter") }
            substitutes[name] = others
        }
        return substitutes
    }

    /// An example that the job would refuse helps nobody; it is what documents and forms show.
    private var exampleFaults: [String] {
        if example.isEmpty, !parameters.contains(where: \.isMandatory) { return [] }
        do throws(JobError) {
            _ = try ArgumentCheck.arguments(of: definition, from: example)
            return []
        } catch {
            return ["example: \(error.message)"]
        }
    }

    static func isName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil
    }

    private static func isFileName(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/) != nil
    }
}

/// What an executable in `jobs.d` may use.
struct JobProgramLimits: Sendable, Hashable {
    /// How long it may take. Default 600 s.
    let seconds: Int
    /// How much it may answer. Default 1 MiB.
    let outputBytes: Int
    /// Address space of each of its processes. Default 1 GiB.
    let memoryBytes: Int

    init(_ reader: inout ManifestReader) {
        var limits = ManifestReader(.map(reader.object("limits")), at: "limits.")
        seconds = limits.number("seconds", in: 1...86_400) ?? 600
        outputBytes = limits.number("output_bytes", in: 1...16_777_216) ?? 1 << 20
        memoryBytes = limits.number("memory_bytes", in: 16_777_216...1_099_511_627_776) ?? 1 << 30
        limits.end()
        reader.add(limits.faults)
    }
}

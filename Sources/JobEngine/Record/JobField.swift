package import Values

/// A member of a job's record, described once: what it is called and means, how it is shown, and how it is kept.
///
/// The store, REST and its document, lists, XML-RPC's `job_info` and job files follow from ``all``; a new member is a
/// property of ``JobRecord`` and a line there.
package struct JobField: Sendable {
    /// What a value of a field is, for documents.
    package indirect enum Form: Sendable, Hashable {
        case text, truth, int, number, moment, jobID
        /// A word of a list that never grows.
        case word([String])
        /// A word of a list that may grow.
        case openWord([String])
        /// An object that documents describe under this name.
        case object(String)
        case list(Form)
        /// An object with these members, each of which may be absent.
        case group([String: Form])
    }

    /// A row of a job file.
    package struct Row: Sendable {
        /// The title of its section.
        let section: JobFile.Section
        let title: String
        let text: @Sendable (JobRecord) -> String?
    }

    /// What REST calls it; `nil` for what is kept and not shown by itself.
    package private(set) var name: String?
    /// What it means, for people.
    package let text: String
    package let form: Form
    /// Whether every job has it.
    package private(set) var isAlways = false
    /// The member as it is shown; `nil` where there is none.
    package private(set) var shown: @Sendable (JobRecord) -> Value?
    /// What the store calls it; `nil` for what is never stored.
    private(set) var storedName: String?
    private(set) var stored: @Sendable (JobRecord) -> Value?
    private(set) var read: @Sendable (inout JobRecord, Value) -> Void
    private(set) var rows: [Row] = []

    /// A member that is kept and shown alike.
    ///
    /// - Parameters:
    ///   - name: Its name everywhere.
    ///   - value: Its value; `nil` where there is none.
    ///   - read: Sets what is read; a value that is not understood changes nothing.
    init(
        _ name: String, _ form: Form, text: String, value: @escaping @Sendable (JobRecord) -> Value?,
        read: @escaping @Sendable (inout JobRecord, Value) -> Void
    ) {
        (self.name, storedName) = (name, name)
        (self.form, self.text) = (form, text)
        (shown, stored, self.read) = (value, value, read)
    }

    /// A member that every job has.
    var always: JobField { with { $0.isAlways = true } }

    /// A member the store keeps under another name or in another form.
    func stored(
        as name: String? = nil, _ value: (@Sendable (JobRecord) -> Value?)? = nil
    ) -> JobField {
        with {
            $0.storedName = name ?? $0.storedName
            $0.stored = value ?? $0.stored
        }
    }

    /// A member that is worked out, and not stored.
    static func derived(
        _ name: String, _ form: Form, text: String, value: @escaping @Sendable (JobRecord) -> Value?
    ) -> JobField {
        JobField(name, form, text: text, value: value, read: { _, _ in }).with { $0.storedName = nil }
    }

    /// A member that is kept and not shown by itself.
    static func kept(
        _ name: String, value: @escaping @Sendable (JobRecord) -> Value?,
        read: @escaping @Sendable (inout JobRecord, Value) -> Void
    ) -> JobField {
        JobField(name, .text, text: "", value: value, read: read).with { $0.name = nil }
    }

    /// A row of the job file, with the value as text unless another one is given.
    func row(
        _ section: JobFile.Section, _ title: String, text: (@Sendable (JobRecord) -> String?)? = nil
    ) -> JobField {
        let value = stored
        return with {
            $0.rows.append(
                Row(section: section, title: title) { text?($0) ?? (text == nil ? value($0).map(Self.text) : nil) })
        }
    }

    private static func text(_ value: Value) -> String { value.string ?? JSON.text(value) }

    private func with(_ change: (inout JobField) -> Void) -> JobField {
        var copy = self
        change(&copy)
        return copy
    }
}

import Foundation

/// Whose data an instance holds: a file within it, so that it goes wherever they go.
struct Mark: Codable, Sendable, Hashable {
    /// Of the database; absent for data from the time before there were marks.
    var id: String?
    /// The name people connect to.
    var name: String
    /// When they were made, or first marked; RFC 3339.
    var created: String?
    /// The name the database within has until its renaming is done.
    var former: String?

    private static func path(in directory: String) -> String { directory + "/confd.mark" }

    /// What is written in an instance: its mark, or the name it was configured for before there were marks.
    ///
    /// - Parameter folder: The name of the database whose folder it lies in; counts when the instance says nothing.
    static func read(in directory: String, folder: String? = nil) -> Mark? {
        if let bytes = FileManager.default.contents(atPath: path(in: directory)),
            let mark = try? JSONDecoder().decode(Mark.self, from: bytes), !mark.name.isEmpty
        {
            return mark
        }
        return (Configuration.databaseName(in: directory) ?? folder).map { Mark(name: $0) }
    }

    /// The mark of a database's new data.
    static func fresh(for database: EngineRequest.Database) -> Mark {
        Mark(id: database.id, name: database.name, created: Date.now.ISO8601Format())
    }

    /// On the disk when it returns.
    func write(in directory: String) throws(EngineError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // A mark is a plain structure, which an encoder does not refuse.
        guard let bytes = try? encoder.encode(self) else { throw EngineError(.failed, "The mark cannot be written.") }
        try Files.write(Array(bytes) + [UInt8(ascii: "\n")], to: Self.path(in: directory))
    }

    /// Whether the data are those of a database, by its id, or by its name where one of the two has no id.
    func isOf(_ database: EngineRequest.Database) -> Bool {
        guard let id, let wanted = database.id else { return name == database.name }
        return id == wanted
    }
}

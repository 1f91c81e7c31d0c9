package import JobEngine

/// The orders lists of jobs can be asked for by name, alike in every interface.
extension JobOrder {
    /// The keys a list can be sorted by; the id always follows, in the direction of the key before it.
    private static let keys: [(name: String, up: JobOrder, down: JobOrder)] = [
        ("submitted_at", .oldestFirst, .newestFirst), ("job_id", .oldestFirst, .newestFirst),
        ("ended_at", .endedFirst, .endedLast), ("type", .typeUp, .typeDown),
    ]

    /// Every word that names one: the key, with '-' in front turned round, and the id named behind it or not.
    package static let words =
        keys.flatMap { ["-\($0.name)", $0.name, "-\($0.name),-job_id", "\($0.name),job_id"] }
        .filter { !$0.hasSuffix("job_id,job_id") && !$0.hasSuffix("job_id,-job_id") } + ["-submitted_at,job_id"]

    /// The order a word names; `nil` for another word.
    package init?(word: String) {
        let key = word.prefix { $0 != "," }
        let name = key.first == "-" ? key.dropFirst() : key
        guard let found = Self.keys.first(where: { $0.name == name }) else { return nil }
        self = key.first == "-" ? found.down : found.up
    }
}

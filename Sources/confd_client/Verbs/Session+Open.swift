import NIOHTTP1
import Values

extension Session {
    /// Prints where the status page tells of an object; of the page itself where none is named.
    func open() async throws(Failure) {
        guard line.words.count < 2 else { throw .usage("'open' takes one object: open db:SALES") }
        let place = try Self.place(of: line.words.first)
        let address = try await daemon.text("/master?info_type=url", isOpen: true)
        try show(.string("\(address)/\(place)"))
    }

    /// The part of an address behind the master's: `#/jobs/11.4`.
    ///
    /// - Throws: ``Failure`` for what is no object.
    static func place(of object: String?) throws(Failure) -> String {
        guard let object else { return "" }
        let parts = object.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if object.wholeMatch(of: /(job:)?[0-9]+\.[0-9]+/) != nil { return "#/jobs/\(parts.last ?? "")" }
        if object.wholeMatch(of: /revision:[0-9]+/) != nil { return "#/configuration/\(parts[1])" }
        if object.wholeMatch(of: /(rule:)?r[0-9]+/) != nil { return "#/access" }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw .usage("'\(object)' is no object. Give the id of a job, as 11.4, or kind and name, as db:SALES.")
        }
        return "#/history?span=&object=\(object.queryValue)"
    }
}

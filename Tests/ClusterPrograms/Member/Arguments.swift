import EtcdStore
import Foundation

/// What one member of a run is told.
struct Arguments {
    /// Why words are no arguments.
    struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    static let usage = """
        Usage: chaos-member --node N --members N,N,N --folder FOLDER --etcd HOST:PORT,... [--certificates FOLDER] [--beside FOLDER,...] [--pause MILLISECONDS]
               [--mistake read-after-time-out]
               chaos-member certificates FOLDER ADDRESS...
               chaos-member measure FOLDER CERTIFICATES HOST:PORT...
        A member reads 'quiet', 'status' and 'digest' from its standard input, answers the latter two with a line of JSON, and ends with it.
        """

    var node = 0
    var members: Set<Int> = []
    var folder = ""
    var endpoints: [EtcdEndpoint] = []
    /// Where certificates are; `nil` for plain HTTP, which is spoken to this machine alone.
    var certificates: String?
    /// Those of the other members.
    var beside: [String] = []
    /// How long clients pause at most.
    var pause = 20

    /// Clients take what is not there after a second for what will not be there.
    var isHasty = false

    init(_ words: [String]) throws {
        guard words.count.isMultiple(of: 2) else { throw Wrong(description: "the last option has no value") }
        for place in stride(from: 0, to: words.count, by: 2) { try take(words[place], words[place + 1]) }
        guard members.contains(node), !folder.isEmpty, !endpoints.isEmpty else {
            throw Wrong(description: "--node has to be one of --members, and --folder and --etcd are needed")
        }
    }

    private mutating func take(_ option: String, _ value: String) throws {
        let parts = value.split(separator: ",").map(String.init)
        switch option {
        case "--node": node = try Self.number(value)
        case "--members": members = Set(try parts.map(Self.number))
        case "--folder": folder = value
        case "--certificates": certificates = value
        case "--beside": beside = parts
        case "--mistake":
            guard value == "read-after-time-out" else { throw Wrong(description: "there is no mistake '\(value)'") }
            isHasty = true
        case "--pause": pause = try Self.number(value)
        case "--etcd": endpoints = try parts.map(Self.endpoint)
        default: throw Wrong(description: "there is no option \(option)")
        }
    }

    static func endpoint(_ text: String) throws -> EtcdEndpoint {
        let ends = text.split(separator: ":")
        guard ends.count == 2, let host = ends.first, let port = ends.last else {
            throw Wrong(description: "'\(text)' is no HOST:PORT")
        }
        return EtcdEndpoint(host: String(host), port: try number(String(port)))
    }

    private static func number(_ text: String) throws -> Int {
        guard let number = Int(text), (0...65_535).contains(number) else {
            throw Wrong(description: "'\(text)' is no number up to 65535")
        }
        return number
    }
}

import Support
import Testing
import Values

@testable import ClusterLog

/// What is stored in the log, and what becomes of bytes that are none of it.
@Suite struct LogEntryTests {
    static func entry(_ payload: String = "x", change: (inout LogEntry.Header) -> Void = { _ in }) -> LogEntry {
        var header = LogEntry.Header(
            index: 7, term: Term(generation: 2, epoch: 31), level: 1, node: 12, at: .init(milliseconds: 1_700),
            nonce: Nonce(high: 1, low: 0xFF), previous: .start)
        change(&header)
        return LogEntry(header, payload: Array(payload.utf8))
    }

    @Test(arguments: ["", "x", "two\nlines", String(repeating: "é", count: 1_000)])
    func anEntryIsReadAsItWasWritten(payload: String) throws {
        let entry = Self.entry(payload) { ($0.piece, $0.hasMore) = (3, true) }
        #expect(try LogEntry(reading: entry.bytes) == entry)
    }

    @Test func anEntryIsOneLineOfJSONAndItsPayload() {
        let entry = Self.entry("pay")
        let zeros = String(repeating: "0", count: 64)
        let line =
            #"{"at":1700,"epoch":31,"format":1,"generation":2,"index":7,"level":1,"more":false,"node":12,"#
            + #""nonce":"000000000000000100000000000000ff","piece":0,"previous":"\#(zeros)"}"#
        #expect(String(decoding: entry.bytes, as: UTF8.self) == line + "\npay")
        #expect(entry.chain == ChainValue(of: entry.bytes))
    }

    @Test func theChainTellsEveryDifference() {
        let chains = [
            Self.entry(), Self.entry("y"), Self.entry { $0.index = 8 },
            Self.entry { $0.nonce = Nonce(high: 1, low: 1) }, Self.entry { $0.previous = ChainValue(of: [1]) },
            Self.entry { $0.hasMore = true },
        ].map(\.chain)
        #expect(Set(chains).count == chains.count)
    }

    @Test(arguments: [
        ("", LogEntryError.malformed("first line")), ("{}", .malformed("first line")), ("{}\n", .malformed("format")),
        (#"{"format":2}"# + "\n", .unknownFormat(2)), (#"{"format":1}"# + "\n", .malformed("nonce")),
        ("[[[[[[\n", .malformed("first line")), (#"{"format":1e400}"# + "\n", .malformed("first line")),
        (#"{"format":"1"}"# + "\n", .malformed("format")),
    ])
    func whatIsNoEntryIsSaidToBeNone(text: String, error: LogEntryError) {
        #expect(throws: error) { try LogEntry(reading: Array(text.utf8)) }
    }

    @Test(arguments: [
        ("index", 7), ("generation", 2), ("epoch", 31), ("level", 1), ("node", 12), ("at", 1700), ("piece", 0),
    ])
    func numbersBelowTheirLeastAreRefused(name: String, number: Int) {
        let text = String(decoding: Self.entry().bytes, as: UTF8.self)
        let broken = text.replacing("\"\(name)\":\(number)", with: "\"\(name)\":-1")
        #expect(throws: LogEntryError.malformed(name)) { try LogEntry(reading: Array(broken.utf8)) }
    }

    @Test func anEntryHasALargestSize() {
        let bytes = [UInt8](repeating: 0x20, count: LogEntry.largest + 1)
        #expect(throws: LogEntryError.tooLarge(limit: LogEntry.largest)) { try LogEntry(reading: bytes) }
    }

    /// Whatever byte is changed, left out or put in, an entry is read or refused, and never read as the one it was.
    @Test func changedBytesNeverPassForTheEntry() {
        var random = SequenceGenerator(seed: 1)
        let entry = Self.entry("some payload")
        for _ in 0..<5_000 {
            var bytes = entry.bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            if bytes == entry.bytes { continue }
            if let read = try? LogEntry(reading: bytes) { #expect(read.chain != entry.chain) }
        }
    }

    @Test func aPayloadIsSplitBelowALimit() {
        #expect(LogEntry.pieces(of: [], limit: 4) == [[]])
        #expect(LogEntry.pieces(of: [1, 2, 3, 4], limit: 4) == [[1, 2, 3, 4]])
        #expect(LogEntry.pieces(of: [1, 2, 3, 4, 5], limit: 2) == [[1, 2], [3, 4], [5]])
        #expect(LogEntry.pieces(of: [1, 2], limit: 0) == [[1], [2]])
    }

    @Test func aFormatIsReadAsItWasWritten() {
        let format = LogFormat(generation: 3, base: LogPlace(index: 9, chain: ChainValue(of: [1])))
        #expect(LogFormat(format.bytes) == format)
        for text in ["", "{}", #"{"generation":0}"#, #"{"base":{"chain":"00","index":1},"generation":1}"#] {
            #expect(LogFormat(Array(text.utf8)) == nil)
        }
    }

    /// No log looks like a part of another one.
    @Test func eachClusterBeginsWithAValueOfItsOwn() {
        let formats = [
            LogFormat.first(of: "a"), .first(of: "b"), .first(of: "a", behind: 7), .first(of: "b", behind: 7),
        ]
        #expect(Set(formats.map(\.base.chain)).union([.start]).count == 5)
        #expect(LogFormat.first(of: "a") == .first(of: "a"))
        #expect(LogFormat.first(of: "a", behind: 7).base.index == 7)
        let others = [1, 2].map { ChainValue(beginning: "a", generation: $0, behind: 7) }
        #expect(others[0] == formats[2].base.chain && others[1] != others[0])
    }

    @Test func whoHasNothingStandsAtTheBeginningOfAnyLog() {
        let (first, other) = (LogFormat.first(of: "a").base, LogFormat.first(of: "b").base)
        #expect(LogPlace.start.stands(at: first) && first.stands(at: .start) && first.stands(at: other))
        let place = LogFormat.first(of: "a", behind: 7).base
        #expect(place.stands(at: place))
        #expect(!place.stands(at: LogFormat.first(of: "b", behind: 7).base))
        #expect(!place.stands(at: first) && !first.stands(at: place))
    }

    @Test func keysNameIndexesInTheirOrder() {
        let keys = LogKeys(cluster: "c", generation: 2)
        #expect(keys.entry(12) == "/confd/c/2/log/0000000000000012")
        #expect(keys.index(of: keys.entry(12)) == 12)
        #expect(keys.node(of: keys.member(11)) == 11)
        for key in ["", "/confd/c/2/log/", "/confd/c/2/log/12", "/confd/c/1/log/0000000000000012", keys.master] {
            #expect(keys.index(of: key) == nil)
        }
        #expect(keys.node(of: "/confd/c/2/member/011") == nil)
    }
}

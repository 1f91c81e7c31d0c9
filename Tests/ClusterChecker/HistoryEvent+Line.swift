import Values

/// Why a line of a history is none.
package struct HistoryFault: Error, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    package let description: String

    static let tooLong = HistoryFault(description: "it has more than \(HistoryEvent.longestLine) bytes")
}

extension HistoryEvent {
    /// What a line may have at most, in bytes.
    package static let longestLine = 4 << 20

    /// The event as a line of a history, without its end.
    package var line: [UInt8] {
        get throws {
            let content = try content
            return JSON.bytes(.map([content.name: content.body]))
        }
    }

    /// Reads a line of a history.
    ///
    /// - Throws: What is wrong with it.
    package init(line: some Collection<UInt8>) throws(HistoryFault) {
        guard line.count <= Self.longestLine else { throw .tooLong }
        do {
            guard let map = try JSON.parse(line).map, map.count == 1, let (name, body) = map.first else {
                throw HistoryFault(description: "it has to be an object with one member")
            }
            guard Self.isFit(body) else { throw HistoryFault(description: "a number is too large, or below 0") }
            self = try Self.event(name, body)
        } catch let fault as HistoryFault {
            throw fault
        } catch {
            throw HistoryFault(description: String(describing: error))
        }
    }

    /// Numbers are added to and compared later.
    private static func isFit(_ value: Value) -> Bool {
        switch value {
        case .int(let number): (0...1 << 53).contains(number)
        case .list(let elements): elements.allSatisfy(isFit)
        case .map(let members): members.values.allSatisfy(isFit)
        case .null, .bool, .double, .string: true
        }
    }

    private static func event(_ name: String, _ body: Value) throws -> Self {
        switch name {
        case "asked": .asked(try body.decoded())
        case "answered": .answered(try body.decoded())
        case "read": .read(try body.decoded())
        case "stored": .stored(try body.decoded())
        case "appended": .appended(try body.decoded())
        case "applied": .applied(try body.decoded())
        case "adopted": .adopted(try body.decoded())
        case "founded": .founded(try body.decoded())
        case "wentBack": .wentBack(try body.decoded())
        case "said": .said(try body.decoded())
        case "settled": .settled
        case "unrest": .unrest(try body.decoded())
        default: throw HistoryFault(description: "there is no event '\(name.prefix(40))'")
        }
    }

    private var content: (name: String, body: Value) {
        get throws {
            switch self {
            case .asked(let body): ("asked", try Value(encoding: body))
            case .answered(let body): ("answered", try Value(encoding: body))
            case .read(let body): ("read", try Value(encoding: body))
            case .stored(let body): ("stored", try Value(encoding: body))
            case .appended(let body): ("appended", try Value(encoding: body))
            case .applied(let body): ("applied", try Value(encoding: body))
            case .adopted(let body): ("adopted", try Value(encoding: body))
            case .founded(let body): ("founded", try Value(encoding: body))
            case .wentBack(let body): ("wentBack", try Value(encoding: body))
            case .said(let body): ("said", try Value(encoding: body))
            case .settled: ("settled", .null)
            case .unrest(let body): ("unrest", try Value(encoding: body))
            }
        }
    }
}

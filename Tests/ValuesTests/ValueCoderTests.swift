import Foundation
import Testing
import Values

private enum Word: String, Codable { case one, two }

private struct Inner: Codable, Equatable {
    var text: String
    var number: Int?
}

private struct Sample: Codable, Equatable {
    var truth = true
    var count = 3
    var small: UInt8 = 200
    var share = 0.5
    var word = Word.two
    var absent: String?
    var inner = Inner(text: "a", number: nil)
    var list = [Inner(text: "b", number: 1)]
    var byNumber = [7: "seven"]
    var byName = ["x": [1, 2]]
    var anything: Value = ["deep": [.null, 1, 1.5, "t", false]]
}

struct ValueCoderTests {
    private let stored: Value = [
        "truth": true, "count": 3, "small": 200, "share": 0.5, "word": "two", "inner": ["text": "a"],
        "list": [["text": "b", "number": 1]], "byNumber": ["7": "seven"], "byName": ["x": [1, 2]],
        "anything": ["deep": [.null, 1, 1.5, "t", false]],
    ]

    private func changed(_ member: String, _ value: Value?) -> Value {
        var members = stored.map ?? [:]
        members[member] = value
        return .map(members)
    }

    @Test func everythingHasItsForm() throws {
        #expect(try Value(encoding: Sample()) == stored)
        #expect(try Value(encoding: "text") == "text")
        #expect(try Value(encoding: [Int?.none, 1]) == [.null, 1])
        #expect(try Value(encoding: [Inner]()) == [])
        #expect(try Value(encoding: [String: Int]()) == [:])
    }

    @Test func everythingIsReadBack() throws {
        #expect(try stored.decoded(as: Sample.self) == Sample())
        #expect(try ([.null, 1] as Value).decoded(as: [Int?].self) == [nil, 1])
        #expect(try ([.null, 1.5, 1] as Value).decoded(as: [Double?].self) == [nil, 1.5, 1])
        #expect(try (3 as Value).decoded(as: Double.self) == 3)
    }

    @Test func nullIsAbsentAndStrangersArePassedOver() throws {
        #expect(try changed("absent", .null).decoded(as: Sample.self) == Sample())
        #expect(try changed("stranger", 1).decoded(as: Sample.self) == Sample())
    }

    @Test func whatDoesNotFitIsNamedAndNotRepeated() {
        let faults: [(Value, String)] = [
            (changed("count", nil), "'count' is missing"), (changed("count", "5"), "'count' must be a whole number"),
            (changed("count", 1.5), "'count' must be a whole number"),
            (changed("count", true), "'count' must be a whole number"),
            (changed("small", 256), "'small' must be a whole number"),
            (changed("share", "x"), "'share' must be a number"),
            (changed("truth", 1), "'truth' must be true or false"), (changed("inner", 1), "'inner' must be a map"),
            (changed("word", "secret"), "'word' is none of the words it can be"),
            (changed("inner", ["text": .null]), "'inner.text' must be a text"),
            (changed("inner", .null), "'inner.text' is missing"),
            (changed("list", [["text": "b"], [:]]), "'list.1.text' is missing"),
            (changed("list", [:]), "'list' must be a list"), (1, "'' must be a map"),
        ]
        for (value, text) in faults {
            let fault = #expect(throws: ValueFault.self) { try value.decoded(as: Sample.self) }
            #expect(fault?.description == text)
        }
    }

    @Test func aNumberWithoutBoundsHasNoForm() {
        #expect(throws: EncodingError.self) { try Value(encoding: [UInt64.max]) }
    }

    @Test func aValueGoesThroughCodersOfOthers() throws {
        let bytes = try JSONEncoder().encode(stored)
        #expect(try JSONDecoder().decode(Value.self, from: bytes) == stored)
    }
}

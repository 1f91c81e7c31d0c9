import Support
import Testing
import Values

@Suite struct JSONTests {
    static let documents: [(String, Value)] = [
        ("null", .null), ("true", true), (" [1, -2, 3.5] ", [1, -2, .double(3.5)]), ("\"a\\u00e9\\n\"", "aé\n"),
        ("\"\\ud83d\\ude00\"", "😀"), ("{\"b\":{},\"a\":[]}", ["a": [], "b": [:]]), ("1e3", .double(1000)),
        ("9223372036854775807", .int(.max)), ("1e20", .double(1e20)),
        ("\"😀 ü\"", "😀 ü"), ("\u{FEFF}[1]", [1]),
    ]

    @Test(arguments: JSONTests.documents)
    func aDocumentHasOneValue(text: String, value: Value) throws {
        #expect(try JSON.parse(text) == value)
        #expect(try JSON.parse(JSON.text(value)) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\" 1}", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "-", "+1", "tru", "nul",
        "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\u{01}\"", "1 2", "[1]]", "1e999", "NaN",
        "{\"a\":1,\"a\":2}", "'a'", "//", "1\u{FEFF}",
    ])
    func whatIsNoDocumentIsRefused(text: String) {
        #expect(throws: JSON.Fault.self) { try JSON.parse(text) }
    }

    @Test func invalidUTF8IsRefused() {
        #expect(throws: JSON.Fault.self) { try JSON.parse([0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func depthAndCountAreBounded() throws {
        let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(throws: JSON.Fault.self) { try JSON.parse(deep) }
        #expect(throws: JSON.Fault.self) { try JSON.parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSON.Fault.self) { try JSON.parse("[1,1,1,1]", limits: .init(count: 4)) }
        _ = try JSON.parse("[1,1,1]", limits: .init(count: 4))
    }

    @Test(arguments: [
        ("{}", "{}\n"), ("[ ]", "[]\n"), ("7", "7\n"), ("\"a, b: {\\\"}\"", "\"a, b: {\\\"}\"\n"),
        (
            "{\"a\":[1,{\"b\":[]}],\"c\":\"x:y\"}\n",
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": \"x:y\"\n}\n"
        ),
    ])
    func aDocumentIsSetInLines(text: String, lines: String) {
        #expect(String(decoding: JSON.indented(text.utf8), as: UTF8.self) == lines)
    }

    @Test(arguments: JSONTests.documents)
    func aDocumentInLinesIsTheSame(text: String, value: Value) throws {
        #expect(try JSON.parse(JSON.indented(JSON.bytes(value))) == value)
    }

    @Test func membersAreWrittenSorted() {
        #expect(
            JSON.text(["b": 1, "a": ["x": .null, "c": "\"\\\u{07}\t"]]) == #"{"a":{"c":"\"\\\u0007\t","x":null},"b":1}"#
        )
    }

    /// Whatever bytes come, the reader answers; what it takes it writes back to the same value.
    @Test func damagedDocumentsNeverTrap() throws {
        let sample = Array(#"{"type":"db_start","params":{"n":[1,2.5e1,"é\u00fc\n",null,true]},"x":-0.1}"#.utf8)
        var random = SequenceGenerator(seed: 3)
        for _ in 0..<5_000 {
            var bytes = sample
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let value = try? JSON.parse(bytes) else { continue }
            #expect(try JSON.parse(JSON.bytes(value)) == value)
        }
    }

    @Test func wholeNumbersOfRequestsAreIntegersHoweverTheyAreWritten() throws {
        let read = try JSON.request("[700.0, 7e2, -1e0, 1.5, 1e300, {\"a\": 2.0}]".utf8)
        #expect(read == [700, 700, .int(-1), 1.5, .double(1e300), ["a": 2]])
        #expect(try JSON.parse("[700.0]") == [.double(700)])
    }
}

import Testing
import Values

struct JSONWriterTests {
    /// Something other than an array.
    private struct Pieces: ByteSink {
        private(set) var text: [UInt8] = []
        private(set) var longest = 0

        mutating func append(_ byte: UInt8) { text.append(byte) }
        mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
            text += bytes
            longest = max(longest, bytes.count)
        }
    }

    @Test func aDocumentIsAppendedToWhatIsThere() {
        var sink = Pieces()
        sink.append(text: "data: ")
        sink.append(json: ["b": [1, .double(-0.5), true], "a": "x"])
        #expect(String(decoding: sink.text, as: UTF8.self) == #"data: {"a":"x","b":[1,-0.5,true]}"#)
    }

    @Test func aLongTextIsCopiedAtOnce() {
        var sink = Pieces()
        sink.append(json: .string(String(repeating: "ü", count: 5000)))
        #expect(sink.longest == 10_000)
    }

    @Test(arguments: [
        ("", #""""#), ("\"", #""\"""#), ("\\a\\", #""\\a\\""#), ("a\nb", #""a\nb""#), ("\r\t", #""\r\t""#),
        ("\u{0}\u{0F}\u{10}\u{1F}", #""\u0000\u000f\u0010\u001f""#), ("é\u{7F}😀", "\"é\u{7F}😀\""),
    ])
    func whatHasToBeEscapedIs(text: String, json: String) {
        #expect(JSON.text(.string(text)) == json)
    }

    @Test func whatIsNotFiniteIsNull() {
        #expect(JSON.text([.double(.nan), .double(.infinity), 1e300, 0.1]) == "[null,null,1e+300,0.1]")
    }
}

import Testing
import Values

@testable import XMLRPC

struct EncodingTests {
    private func text(_ value: Value) -> String {
        let document = String(decoding: MethodResponse.value(value).encoded(), as: UTF8.self)
        let start = "<?xml version=\"1.0\"?>\n<methodResponse><params><param><value>"
        let end = "</value></param></params></methodResponse>\n"
        guard document.hasPrefix(start), document.hasSuffix(end) else { return document }
        return String(document.dropFirst(start.count).dropLast(end.count))
    }

    @Test(
        arguments: [
            (.null, "<nil/>"), (true, "<boolean>1</boolean>"), (2_147_483_647, "<int>2147483647</int>"),
            (2_147_483_648, "<i8>2147483648</i8>"), (-2_147_483_648, "<int>-2147483648</int>"),
            (-2_147_483_649, "<i8>-2147483649</i8>"), (1.5, "<double>1.5</double>"),
            (.double(.nan), "<nil/>"), (.double(-.infinity), "<nil/>"), ("", "<string></string>"),
            (
                ["b": 1, "a": 2],
                """
                <struct><member><name>a</name><value><int>2</int></value></member>\
                <member><name>b</name><value><int>1</int></value></member></struct>
                """
            ),
            ([], "<array><data></data></array>"),
        ] as [(Value, String)])
    func everyTypeHasItsForm(value: Value, markup: String) {
        #expect(text(value) == markup)
    }

    @Test(arguments: [
        ("a<b>&c", "a&lt;b&gt;&amp;c"), ("]]>", "]]&gt;"), ("a\rb\n\t", "a&#13;b\n\t"),
        ("a\u{0}\u{1}\u{1F}\u{7F}", "a\u{FFFD}\u{FFFD}\u{FFFD}\u{7F}"), ("x\u{FFFE}\u{FFFF}y", "x\u{FFFD}\u{FFFD}y"),
        ("\u{FFFD}\u{FEFF}ä€😀", "\u{FFFD}\u{FEFF}ä€😀"),
    ])
    func charactersAreEscapedOrReplaced(plain: String, escaped: String) {
        #expect(text(.string(plain)) == "<string>\(escaped)</string>")
        #expect(text([plain: 1]).contains("<name>\(escaped)</name>"))
    }

    @Test func whatIsWrittenCanAlwaysBeRead() throws {
        let every = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))
        let answer = try MethodResponse(parsing: MethodResponse.value([every: .string(every)]).encoded())
        let controls = every.unicodeScalars.filter { $0.value < 0x20 && ![9, 10, 13].contains($0.value) }.count
        let member = try #require(answer.get().map?.first)
        #expect(member.key == member.value.string)
        #expect(member.key.unicodeScalars.filter { $0 == "\u{FFFD}" }.count == controls)
        #expect(member.key.unicodeScalars.contains("\r"))
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.1, "0.1"), (1e16, "10000000000000000.0"),
            (1.5e17, "150000000000000000.0"),
            (1e-7, "0.0000001"), (-1.25e-5, "-0.0000125"), (123456.789, "123456.789"),
        ] as [(Double, String)])
    func doublesAreWrittenWithoutAnExponent(number: Double, expected: String) {
        #expect(PlainDecimal.text(of: number) == expected)
    }

    @Test func everyDoubleReadsBackAsItself() throws {
        var generator = SystemRandomNumberGenerator()
        let edges = [Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, .ulpOfOne, .pi]
        let random = (0..<500).map { _ in Double(bitPattern: UInt64.random(in: .min ... .max, using: &generator)) }
        for number in (edges + random).filter(\.isFinite) {
            #expect(!PlainDecimal.text(of: number).contains("e"))
            #expect(try value("<double>\(PlainDecimal.text(of: number))</double>") == .double(number))
        }
    }
}

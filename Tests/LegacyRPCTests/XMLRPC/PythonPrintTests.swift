import Foundation
import JobEngine
import Support
import Testing
import Values

@testable import LegacyRPC

/// The printed form against Python's own, where there is a Python.
struct PythonPrintTests {
    @Test(
        arguments: [
            (.null, "None"), (true, "True"), (["a": [:], "b": []], "{'a': {}, 'b': []}"), ("it's", #""it's""#),
            (#"it's "so""#, #"'it\'s "so"'"#), ("a\\\n\t\u{1}é\u{A0}\u{200B}\u{1F600}", #"'a\\\n\t\x01é\xa0\u200b😀'"#),
        ] as [(Value, String)])
    func aShortValueIsItsLiteral(value: Value, text: String) {
        #expect(PythonPrint.text(value) == text)
    }

    @Test(.enabled(if: PythonPrintTests.hasPython, "python3 is not installed here"))
    func everyValueIsPrintedAsPythonPrintsIt() async throws {
        var random = SplitMix(state: 20_260_131)
        let values = (0..<1500).map { _ in Self.value(depth: 4, &random) } + Self.nested
        let folder = FileManager.default.temporaryDirectory.appending(path: "confd-pprint-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(JSON.bytes(.list(values))).write(to: folder.appending(path: "values.json"))
        try await ShellCommand.check(["python3", "-c", Self.program], in: folder)
        let printed = try JSON.parse(Array(Data(contentsOf: folder.appending(path: "printed.json"))))
        let texts = try #require(printed.list)
        #expect(texts.count == values.count)
        for (value, text) in zip(values, texts) where PythonPrint.text(value) != text.string {
            Issue.record("Python prints\n\(text.string ?? "")\nwe print\n\(PythonPrint.text(value))")
        }
    }

    private static let hasPython: Bool = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/python3") }
    }()

    private static let program = """
        import json, pprint
        with open('values.json', encoding='utf-8') as source:
            values = json.load(source)
        with open('printed.json', 'w', encoding='utf-8') as target:
            json.dump([pprint.pformat(value, indent=4, width=80) for value in values], target)
        """

    /// Dicts so deep that no room is left in their lines.
    private static let nested: [Value] = (0..<24).map { depth in
        (0..<depth).reduce("a few words at the end of the line") { value, _ in ["key": value] }
    }
}

// MARK: - Values
extension PythonPrintTests {
    private static let words = [
        "a", "the", "Volume", "it's", "\"quoted\"", "back\\slash", "tab\t", "new\n", "x\r\ny", "cr\rcr", "ä", "日本",
        "\u{A0}", "\u{2028}", "🙂", "\u{0}", "\u{1F}", "\u{7F}", "a_word_that_is_longer_than_most_of_the_others_are",
        "  ", "\u{0B}", "\u{85}", "\u{200B}", "\u{1C}",
    ]

    private static func text(_ random: inout SplitMix) -> String {
        let count = [0, 1, 2, 5, 12, 40].randomElement(using: &random) ?? 0
        return (0..<count).map { _ in
            (words.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
        }.joined()
    }

    private static func value(depth: Int, _ random: inout SplitMix) -> Value {
        let count = [0, 1, 2, 5, 20].randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int.random(in: Int.min...Int.max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 3...5: return .string(text(&random))
        case 6, 7: return .list((0..<count).map { _ in value(depth: depth - 1, &random) })
        default:
            let members = (0..<count).map { _ in
                (String(text(&random).prefix(20)), value(depth: depth - 1, &random))
            }
            return .map(Dictionary(members) { first, _ in first })
        }
    }
}

/// The same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

import JobEngine
import Testing
import Values

@testable import NodeAgent

/// Texts of `job.yaml` that no manifest is.
@Suite(.timeLimit(.minutes(5))) struct ManifestTextTests {
    private func manifest(_ text: String) throws(InstallError) -> Value {
        try JobFolder.manifest(Array(text.utf8), of: "job.yaml")
    }

    @Test func plainWordsHaveTheirTypes() throws {
        #expect(
            try manifest("a: 1\nb: [x, true, ~, 1.5]\nc: '1'\nd: 12:30\ne: {f: 0x1F}\n") == [
                "a": 1, "b": ["x", true, .null, .double(1.5)], "c": "1", "d": "12:30", "e": ["f": 31],
            ])
        #expect(try manifest("\u{FEFF}a: 1\n") == ["a": 1])
    }

    @Test(arguments: ["9223372036854775807:00", "1:1:1:1:1:1:1:1:1:1:1:1:1", "-9223372036854775808:59:59"])
    func aNumberOfBase60ThatIsTooLargeIsText(number: String) throws {
        #expect(try manifest("a: \(number)\n") == ["a": .string(number)])
    }

    @Test(arguments: [
        String(repeating: "[", count: 200_000), String(repeating: "{a: ", count: 60_000),
        String(repeating: "- ", count: 100_000), String(repeating: "? ", count: 100_000),
        (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    ])
    func whatIsNestedDeeperThanAStackIsRefused(text: String) {
        #expect(throws: InstallError.self) { try manifest(text) }
    }

    @Test(arguments: [
        "", "- [", "a: b: c", "a: 1\na: 2\n", "\t", "a: *x\n", "? [a]\n: 1\n", "a: \"\\x\"\n", "%YAML 9.9\n---\na: 1\n",
        "a: 1\n---\nb: 2\n", "\0",
    ])
    func whatIsNoManifestIsRefused(text: String) throws {
        let value = try? manifest(text)
        #expect(value?.map == nil, "\(value ?? .null)")
    }

    @Test func aliasesOfAliasesAreRefused() {
        let lines = (1...8).map { level in
            "a\(level): &a\(level) [\((0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ","))]\n"
        }
        #expect(throws: InstallError.self) { try manifest("a0: &a0 x\n" + lines.joined()) }
    }
}

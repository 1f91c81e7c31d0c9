import Values

@testable import confd_client

extension Reader {
    static let clientJSON = Reader("client-json", jsonCorpus, words: jsonWords) { text in
        guard let value = try? JSON.parse(text, limits: .generous) else { return }
        try require(try JSON.parse(SpacedJSON.text(value), limits: .generous) == value, "another value is read back")
    }

    /// Parameters as somebody types them.
    static let clientYAML = Reader(
        "client-yaml",
        [
            "db_name: DB1, nodes: [11, 12], expire: 1w 3d", "a: &x [1, 'two', \"3\"]\nb: *x\nc: {d: ~}\n",
            "t: 12:30:45\nh: 0x1F\no: 0o17\nf: 1.5e3\nn: 9223372036854775807:00\n",
            String(repeating: "? ", count: 100),
        ],
        words: [
            "- ", ": ", "? ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!binary ", "|\n ", ">\n ", "---\n", "...\n",
            "'", "\"", "<<: ", "~", ".inf", ".nan", "0x", "59:59", "9223372036854775807:00", "2026-01-02", "\t", "#",
        ], longest: 1024
    ) { text in
        guard let value = YAML.parse(text) else { return }
        _ = (YAML.text(value), SpacedJSON.text(value))
        for words in [Invocation.Arguments.yaml(text), .words(text.split(separator: " ").map(String.init))] {
            _ = try? Parameters.read(words) { _ throws(Failure) in "file" }
        }
    }
}

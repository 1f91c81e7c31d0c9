import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

struct YAMLWriterTests {
    @Test func mapsAndListsNest() {
        let value: Value = [
            "name": "a", "list": [1, ["b": [], "a": ["x", ["z"]]], [[true]]], "empty": [:], "nothing": .null,
        ]
        #expect(
            YAMLWriter.text(value) == """
                name: a
                empty: {}
                list:
                  - 1
                  - a:
                      - x
                      -
                        - z
                    b: []
                  -
                    -
                      - true
                nothing: null

                """)
    }

    @Test(arguments: [
        ("plain text", "plain text"), ("/jobs/{job_id}", "/jobs/{job_id}"), ("true", #""true""#), ("No", #""No""#),
        ("200", #""200""#), ("", #""""#), ("a: b", #""a: b""#), ("a #b", #""a #b""#), ("- a", #""- a""#),
        ("a\nb", #""a\nb""#), ("{a}", #""{a}""#), ("a ", #""a ""#), ("\"q\"", #""\"q\"""#), ("ü", #""ü""#),
        ("a:", #""a:""#), ("*", #""*""#),
    ])
    func onlyATextThatCanBeNothingElseGoesWithoutQuotes(_ text: String, _ written: String) {
        #expect(YAMLWriter.text(["k": .string(text)]) == "k: \(written)\n")
    }

    @Test func keywordsLeadAndTheRestFollowsTheAlphabet() {
        let value: Value = ["zeta": 1, "alpha": 2, "paths": 3, "openapi": 4, "info": 5]
        #expect(YAMLWriter.text(value) == "openapi: 4\ninfo: 5\npaths: 3\nalpha: 2\nzeta: 1\n")
    }
}

import Testing

@testable import confd_client

struct ParametersTests {
    private func read(_ words: [String]) throws(Failure) -> [String: Value] {
        try Parameters.read(.words(words)) { path throws(Failure) in
            if path == "missing" { throw .usage("missing") }
            return "<\(path)>\n"
        }
    }

    @Test(
        arguments: [
            (["db_name:", "DB1"], ["db_name": .string("DB1")]),
            (["db_name:", "DB1", "timeout:", "30"], ["db_name": .string("DB1"), "timeout": .int(30)]),
            (["db_name:", "DB1,", "timeout:", "30"], ["db_name": .string("DB1"), "timeout": .int(30)]),
            (["db_name: DB1", "timeout: 30"], ["db_name": .string("DB1"), "timeout": .int(30)]),
            (["nodes:", "[11,12]"], ["nodes": .list([.int(11), .int(12)])]),
            (
                ["nodes:", "[11,", "12]", "force:", "yes"],
                ["nodes": .list([.int(11), .int(12)]), "force": .bool(true)]
            ),
            (["owner:", "[500,500]"], ["owner": .list([.int(500), .int(500)])]),
            (["params_add:", "['-a=1','-b=2']"], ["params_add": .list([.string("-a=1"), .string("-b=2")])]),
            (["comment:", "two", "words"], ["comment": .string("two words")]),
            (["url:", "https://bucket.example:443/x"], ["url": .string("https://bucket.example:443/x")]),
            (["port:", "'8563'"], ["port": .string("8563")]),
            (["expire:", "2026-01-02"], ["expire": .string("2026-01-02")]),
            (["ratio:", "1.0", "none:", "null"], ["ratio": .double(1), "none": .null]),
            ([], [:]),
        ] as [([String], [String: Value])])
    func wordsAreOneMapOfYAML(words: [String], expected: [String: Value]) throws {
        #expect(try read(words) == expected)
    }

    @Test(arguments: ["\"{< a.txt}\"", "'{< a.txt}'", "{< a.txt}", "\"{<a.txt}\""])
    func aFileStandsForItsContent(word: String) throws {
        #expect(try read(["license:", word]) == ["license": .string("<a.txt>\n")])
    }

    @Test func filesStandWithinTextAndInLists() throws {
        #expect(
            try read(["a:", "\"x{< -}y{< b}\"", "l:", "['{< c}', 1]"])
                == ["a": .string("x<->\ny<b>\n"), "l": .list([.string("<c>\n"), .int(1)])])
        #expect(throws: Failure.usage("missing")) { try read(["a:", "\"{< missing}\""]) }
    }

    @Test(arguments: [
        "db_name: DB1, timeout: 30", "{db_name: DB1, timeout: 30}", "db_name: DB1\ntimeout: 30",
    ])
    func theOptionTakesPairsWithAndWithoutBraces(text: String) throws {
        #expect(
            try Parameters.read(.yaml(text)) { _ throws(Failure) in "" }
                == ["db_name": .string("DB1"), "timeout": .int(30)])
    }

    @Test func theOtherOptionTakesJSON() throws {
        #expect(
            try Parameters.read(.json(#"{"public": true, "n": 1.0}"#)) { _ throws(Failure) in "" }
                == ["public": .bool(true), "n": .double(1)])
    }

    @Test(arguments: [
        Invocation.Arguments.words(["nodes:", "[11"]), .words(["just", "words"]), .yaml("[1, 2]"), .json("{"),
        .json("1"),
    ])
    func whatIsNoMapIsRefused(arguments: Invocation.Arguments) {
        #expect(throws: Failure.self) { try Parameters.read(arguments) { _ throws(Failure) in "" } }
    }
}

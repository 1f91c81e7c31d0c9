import Testing
import Values

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
            (["db_name:", "DB1", "timeout:", "[30],"], ["db_name": .string("DB1"), "timeout": .list([.int(30)])]),
            (
                ["db_name: DB1, timeout: 30", "force:", "no"],
                ["db_name": .string("DB1"), "timeout": .int(30), "force": .bool(false)]
            ),
            (["{db_name: DB1}"], ["db_name": .string("DB1")]), (["{db_name:", "DB1}"], ["db_name": .string("DB1")]),
            (["{db_name:", "DB1,", "timeout:", "30}"], ["db_name": .string("DB1"), "timeout": .int(30)]),
            (["a:", "{b:", "c,", "d:", "5}"], ["a": .map(["b": .string("c"), "d": .int(5)])]),
            (
                ["expire:", "1w 3d", "hour:", "08", "minute:", "0", "day:", "*"],
                ["expire": .string("1w 3d"), "hour": .string("08"), "minute": .int(0), "day": .string("*")]
            ),
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
            (["none:", "", "last:"], ["none": .null, "last": .null]),
            ([], [:]),
        ] as [([String], [String: Value])])
    func wordsAreOneMapOfYAML(words: [String], expected: [String: Value]) throws {
        #expect(try read(words) == expected)
    }

    @Test(arguments: [
        "#1secret", "@home", "%x", "!secret", "a, b", "a: b", "a}b", "a]b", "a,b", "abc,", "abc:", "-x", "- x", "? x",
        "&x", "|", ">",
        "`x`", "=", "<<", "a # b", " x ", "x'y", "a\tb", "a\nb", "1w", "1.2.3", "08", "09", "1e3", "0o17", "y", "n",
        "2026-01-02", "~x",
        "12345678901234567890123", "\\", "k:v", "http://x/y", "*", "**", "...", "---",
    ])
    func aWordBehindANameIsText(word: String) throws {
        #expect(try read(["password:", word]) == ["password": .string(word)])
        #expect(try read(["a:", "1", "password:", word, "b:", "2"])["password"] == .string(word))
    }

    @Test(
        arguments: [
            ("010", .int(8)), ("0x1F", .int(31)), ("1_000", .int(1000)), ("-5", .int(-5)), ("1.5", .double(1.5)),
            ("yes", .bool(true)),
            ("Off", .bool(false)), ("null", .null), ("~", .null), ("'8563'", .string("8563")),
            ("\"a, b\"", .string("a, b")),
        ] as [(String, Value)])
    func numbersBooleansNullAndQuotedTextsAreThoseOfYAML(word: String, value: Value) throws {
        #expect(try read(["x:", word]) == ["x": value])
    }

    @Test(arguments: [
        ["a:", "1", "a:", "2"], ["db_name:DB1"], ["{a: 1"], ["x:", "'a", "b"], ["x:", "[1]", "y"],
        ["{a: 1}", "b:", "2"],
    ])
    func wordsThatAreNoPairsAreRefused(words: [String]) {
        #expect(throws: Failure.self) { try read(words) }
    }

    @Test(arguments: ["{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}"])
    func doubledMembersOfJSONAreRefused(text: String) {
        #expect(throws: Failure.self) { try Parameters.read(.json(text)) { _ throws(Failure) in "" } }
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

import Testing

@testable import confd_client

struct InvocationTests {
    @Test(arguments: [
        ["-j", "db_info", "db_name:", "DB1"], ["db_info", "db_name:", "DB1", "--json"],
        ["db_info", "-j", "db_name:", "DB1"],
        ["--output=json", "db_info", "db_name:", "DB1"], ["-ojson", "db_info", "db_name:", "DB1"],
    ])
    func optionsStandAnywhere(line: [String]) throws {
        let read = try Invocation(line)
        #expect(read.command == "db_info" && read.form == .json)
        #expect(read.arguments == .words(["db_name:", "DB1"]))
    }

    @Test func theOldSpellingNamesCommandAndParametersByOptions() throws {
        let yaml = try Invocation(["-c", "bucketfs_info", "-a", "bucketfs_name: bfsdefault", "-j"])
        #expect(yaml.command == "bucketfs_info" && yaml.arguments == .yaml("bucketfs_name: bfsdefault"))
        let json = try Invocation(["-c", "bucket_add", "-A", "{}"])
        #expect(json.arguments == .json("{}"))
        #expect(try Invocation(["-c", "help", "-a", "db_list"]).words == ["db_list"])
    }

    @Test func flagsStandTogetherAndANegativeNumberIsAValue() throws {
        let line = try Invocation(["-Sdj", "db_start", "-uadmin", "n:", "-5", "--", "-x"])
        #expect(line.startsOnly && line.isDryRun && line.form == .json && line.place.user == "admin")
        #expect(line.words == ["n:", "-5", "-x"])
    }

    @Test func aWordBehindANameIsItsValueWhateverItLooksLike() throws {
        let line = try Invocation(["user_passwd", "password:", "abc:", "-j", "old_password:", "-S"])
        #expect(line.form == .json && !line.startsOnly)
        #expect(line.words == ["password:", "abc:", "old_password:", "-S"])
        #expect(try Invocation(["-c", "x", "n:", "-5"]).words == ["n:", "-5"])
    }

    @Test(arguments: [
        ("hlp", "help"), ("db_crate", "db_create"), ("db_strat", "db_start"), ("bucketfs", nil), ("x", nil),
    ])
    func theNearestNameIsSuggested(word: String, name: String?) {
        #expect(Suggestion.nearest(to: word, in: ["help", "db_create", "db_start", "bucketfs_list", "list"]) == name)
    }

    @Test(arguments: [
        ["--frob"], ["-c"], ["-j=1x", "--json=1"], ["-o", "xml"], ["-c", "db_list", "-a", "{}", "word"], ["-n", "0"],
        ["-jz", "db_list"],
    ])
    func faultyLinesAreRefused(line: [String]) {
        #expect(throws: Failure.self) { try Invocation(line) }
    }
}

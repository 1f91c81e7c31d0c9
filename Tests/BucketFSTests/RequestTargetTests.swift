import Testing

@testable import BucketFS

struct RequestTargetTests {
    @Test(arguments: [
        ("/", RequestTarget.service), ("/?list", .service), ("/default", .bucket("default")),
        ("/default/", .bucket("default")), ("/default?x=/../y", .bucket("default")),
    ])
    func aServiceAndItsBucketsAreNamed(target: String, expected: RequestTarget) throws {
        #expect(try RequestTarget(target) == expected)
    }

    @Test(arguments: [
        ("/b/file", ["file"]), ("/b/a/b.tar.gz", ["a", "b.tar.gz"]), ("/b/a%20b+c", ["a b+c"]),
        ("/b/%C3%A9t%c3%a9", ["été"]), ("/b/...", ["..."]), ("/b/a%25b", ["a%b"]), ("/b/.hidden", [".hidden"]),
    ])
    func aFileIsNamedByItsDecodedPath(target: String, names: [String]) throws {
        #expect(try RequestTarget(target) == .file(bucket: "b", BucketPath(names)))
    }

    @Test(arguments: [
        "", "b/file", "http://host/b", "//b", "/b//x", "/b/x/", "/b/..", "/b/../c", "/b/a/../../c", "/../b", "/b/.",
        "/b/%2e%2e/c", "/b/%2E%2e", "/b/..%2fc", "/b/a%2Fb", "/%2e%2e/b", "/b/a%00b", "/b/a%0Ab", "/b/a%7f", "/b/%",
        "/b/%2", "/b/%zz", "/b/%ff", "/b/%c0%ae%c0%ae", "/b/.bucketfs/uploads/x", "/b/x/.bucketfs", "/.bucketfs",
        "/b/" + String(repeating: "x", count: 256), "/b" + String(repeating: "/x", count: 65),
        "/b" + String(repeating: "/" + String(repeating: "x", count: 200), count: 11),
    ])
    func whatCouldLeaveABucketOrCannotBeListedIsRefused(target: String) {
        #expect(throws: BucketFault.self) { try RequestTarget(target) }
    }
}

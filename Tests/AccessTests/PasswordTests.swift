import Access
import Testing

struct PasswordTests {
    @Test(arguments: [("", 0, true), ("a", 1, false), ("Grüße", 7, false), ("a\u{0}b", 3, true)])
    func lengthAndUseAreKnown(text: String, count: Int, isUnusable: Bool) {
        let password = Password(text)
        #expect(password.count == count)
        #expect(password.isUnusable == isUnusable)
        #expect(password.withBytes { Array($0) } == Array(text.utf8))
    }

    @Test func cSeesTheSameText() {
        #expect(Password("Grüße").withCString { String(cString: $0) } == "Grüße")
        #expect(Password("").withCString { String(cString: $0) } == "")
    }

    @Test func noPrintShowsIt() {
        let password = Password("visible")
        var dumped = ""
        dump(password, to: &dumped)
        for text in ["\(password)", String(reflecting: password), dumped, "\([password])"] {
            #expect(!text.contains("visible"))
        }
    }
}

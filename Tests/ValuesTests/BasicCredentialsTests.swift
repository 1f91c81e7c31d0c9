import Testing
import Values

struct BasicCredentialsTests {
    @Test(arguments: [("admin:secret", "admin", "secret"), (":", "", ""), ("a:b:c", "a", "b:c"), ("ü:é", "ü", "é")])
    func aPairIsTakenApartAtItsFirstColon(pair: String, user: String, password: String) {
        let read = BasicCredentials(Base64.encode(pair.utf8))
        #expect(read?.user == Array(user.utf8))
        #expect(read?.password == Array(password.utf8))
    }

    // `YTpi` is `a:b`.
    @Test(arguments: ["", "YQ==", "YTpi=", "YTp", "YT pi", "YTpi\n", "!!!", "YTpi YTpi", "Y=Tpi"])
    func whatIsNoStrictBase64OfAPairIsNone(text: String) {
        #expect(BasicCredentials(text) == nil)
    }
}

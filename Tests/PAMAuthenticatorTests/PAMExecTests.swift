import Access
import Foundation
import PAMAuthenticator
import Testing

/// Checks through pam_exec and the generated service file, as users of EXAConf are checked.
@Suite(.timeLimit(.minutes(5)))
struct PAMExecTests {
    /// Stands in for `confd verify-password`: looks at phase, user, arguments and the password on standard input.
    private static let program = """
        #!/bin/sh
        [ "$1 $2" = "verify-password --root" ] || exit 1
        if [ "$4" = --usable ]; then [ -d "$3" ]; exit; fi
        case "$PAM_TYPE:$PAM_USER" in
            auth:anna | auth:disabled) [ "$(tr -d '\\0')" = "right 7" ] ;;
            account:anna) [ -d "$3" ] ;;
            *) exit 1 ;;
        esac

        """

    @Test(arguments: [
        ("anna", "right 7", true), ("anna", "wrong", false), ("disabled", "right 7", false), ("stranger", "x", false),
    ])
    func theGeneratedFileAsksTheProgram(user: String, password: String, isAccepted: Bool) async throws {
        let fixture = try PAMFixture()
        let program = try fixture.write("verify", Self.program, isProgram: true)
        try fixture.write(
            "confd", PAMServiceFile.text(program: program, root: fixture.folder.path, asRoot: false))
        let verdict = await fixture.authenticator().check(user: user, password: Password(password), from: "")
        #expect((verdict == .accepted) == isAccepted, "\(verdict)")
        #expect(isAccepted || verdict.isRefusal, "\(verdict)")
    }

    @Test(arguments: [("anna", true), ("disabled", true), ("anna", false), ("disabled", false)])
    func aRefusalIsToldFromABrokenSystem(user: String, works: Bool) async throws {
        let fixture = try PAMFixture()
        let program = try fixture.write("verify", Self.program, isProgram: true)
        let root = works ? fixture.folder.path : fixture.path("gone")
        try fixture.write("confd", PAMServiceFile.text(program: program, root: root, asRoot: false))
        let password = Password(user == "anna" && works ? "wrong" : "right 7")
        let verdict = await fixture.authenticator().check(user: user, password: password, from: "")
        #expect("\(verdict)".contains(works ? "PAM_AUTH_ERR" : "PAM_SYSTEM_ERR"), "\(verdict)")
    }

    @Test func aPathWithBlanksAndBracketsArrivesWhole() async throws {
        let fixture = try PAMFixture()
        let root = fixture.path("data [of] the cluster")
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let program = try fixture.write("verify it", Self.program, isProgram: true)
        try fixture.write("confd", PAMServiceFile.text(program: program, root: root, asRoot: false))
        let verdict = await fixture.authenticator().check(user: "anna", password: Password("right 7"), from: "")
        #expect(verdict == .accepted)
    }

    @Test func withSystemAccountsTheUsersOfEXAConfStillGetIn() async throws {
        let fixture = try PAMFixture()
        let program = try fixture.write(
            "verify", "#!/bin/sh\n[ \"$PAM_USER\" = confd-test-nobody ]\n", isProgram: true)
        try fixture.write(
            "confd", PAMServiceFile.text(program: program, root: fixture.folder.path, asRoot: true))
        let authenticator = fixture.authenticator()
        let known = await authenticator.check(user: "confd-test-nobody", password: Password("x"), from: "")
        let unknown = await authenticator.check(user: "confd-test-stranger", password: Password("x"), from: "")
        #expect(known == .accepted)
        #expect(unknown.isRefusal, "\(unknown)")
    }
}

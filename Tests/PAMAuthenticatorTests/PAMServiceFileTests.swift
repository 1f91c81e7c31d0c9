import PAMAuthenticator
import Testing

struct PAMServiceFileTests {
    @Test func withoutRightsOnlyTheProgramIsAsked() throws {
        let text = try PAMServiceFile.text(program: "/usr/bin/confd", root: "/exa", asRoot: false)
        #expect(!text.contains("pam_unix"))
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "auth [success=done default=ignore] pam_exec.so quiet expose_authtok "
                    + "/usr/bin/confd verify-password --root /exa",
                "auth [success=ignore default=die] pam_exec.so quiet /usr/bin/confd verify-password --root /exa --usable",
                "auth required pam_deny.so",
                "account [success=done default=ignore] pam_exec.so quiet /usr/bin/confd verify-password --root /exa",
                "account [success=ignore default=die] pam_exec.so quiet /usr/bin/confd verify-password --root /exa --usable",
                "account required pam_deny.so",
            ])
    }

    @Test func systemAccountsComeFirstInBothPhases() throws {
        let text = try PAMServiceFile.text(program: "/usr/bin/confd", root: "/exa", asRoot: true)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        try #require(lines.count == 9)
        #expect(lines[0].hasPrefix("auth ") && lines[0].hasSuffix("pam_unix.so nodelay"))
        #expect(lines[1].contains("pam_exec.so") && lines[1].contains("expose_authtok"))
        #expect(lines[4].hasPrefix("account ") && lines[4].contains("pam_unix.so") && lines[4].contains("default=die"))
        #expect(lines[5].contains("pam_exec.so") && !lines[5].contains("expose_authtok"))
        #expect(lines[3].hasSuffix("pam_deny.so") && lines[7].hasSuffix("pam_deny.so"))
        #expect(lines[8] == "password required pam_unix.so")
    }

    @Test(arguments: ["", "/exa\nauth sufficient pam_permit.so", "/exa\u{0}", "/exa\t"])
    func aPathThatCouldForgeALineIsRefused(path: String) {
        #expect(throws: PAMServiceFile.UnusablePath.self) {
            try PAMServiceFile.text(program: "/usr/bin/confd", root: path, asRoot: false)
        }
        #expect(throws: PAMServiceFile.UnusablePath.self) {
            try PAMServiceFile.text(program: path, root: "/exa", asRoot: false)
        }
    }

    @Test func aPathWithBlanksStandsInBrackets() throws {
        let text = try PAMServiceFile.text(program: "/opt/my confd", root: "/a [b]", asRoot: false)
        #expect(text.contains("[/opt/my confd] verify-password --root [/a [b\\]]"))
    }
}

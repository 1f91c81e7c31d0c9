import Glibc
import Testing

/// A service whose checks hang until the test lets them go: its program waits on a named pipe.
final class HangingService {
    let fixture: PAMFixture
    // Open for reading too, so that neither side ever waits for the other to open the pipe.
    private let pipe: Int32

    init() throws {
        fixture = try PAMFixture()
        let path = fixture.path("gate")
        let program = try fixture.write(
            "hang", "#!/bin/sh\n[ \"$PAM_TYPE\" = account ] && exit 0\nread word <\"$1\"; [ \"$word\" = go ]\n",
            isProgram: true)
        try #require(mkfifo(path, 0o600) == 0)
        pipe = open(path, O_RDWR | O_CLOEXEC)
        try #require(pipe >= 0)
        try fixture.write(
            "confd",
            """
            auth required pam_exec.so quiet \(program) \(path)
            account required pam_exec.so quiet \(program) \(path)

            """)
    }

    deinit {
        close(pipe)
    }

    /// Lets one check go, be it begun already or not.
    func release() throws {
        try #require(write(pipe, "go\n", 3) == 3)
    }
}

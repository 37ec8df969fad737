import pytest

from conn_lint.workers.words import Words

FILES = (
    ("a.py", b"import fork\nclass MyThread(Thread):\n    def run(self): ...\n"),
    ("b.py", b"import forked\nthread = Thread(target=run)\n"),
    ("c.py", "def gr\xfc\xdfe():\n    return 'SELECT 1'\n".encode()),
    ("d.py", b""),
)


@pytest.mark.parametrize(
    "word",
    [
        *(
            b"import fork",
            b"import fork\n",
            b"Thread(",
            b"Thread",
            b"thread",
            b".run(",
            b"def run(",
            b"run",
            b"absent(",
        ),
        *(b"SELECT 1", b"ELECT", "gr\xfc".encode(), "\xdf".encode(), b"():", b"\n", b"", b"_", b"1"),
    ],
)
def test_files_are_those_that_hold_the_word(word: bytes) -> None:
    assert Words(FILES).files(word) == tuple(path for path, data in FILES if word in data)


def test_files_of_several_words_are_in_their_order() -> None:
    assert Words(FILES).files(b"SELECT", b"Thread") == ("a.py", "b.py", "c.py")


def test_no_word_is_in_no_file() -> None:
    assert Words(FILES).files() == ()

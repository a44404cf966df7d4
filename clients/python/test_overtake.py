"""Tests of overtake.py: in this process, which has no library of Overtake's, and in children that
were started with a stand-in for it."""

import contextlib
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

import overtake

HERE = pathlib.Path(__file__).resolve().parent
FAKE_SHIM = HERE.parent / "test" / "fake_shim.c"
HEADER_FOLDER = HERE.parent.parent / "shim" / "include"


class WithoutOvertake(unittest.TestCase):
    def test_nothing_is_active(self):
        self.assertFalse(overtake.active())

    def test_calls_do_nothing(self):
        overtake.set_priority(10)
        self.assertIsNone(overtake.get_priority())
        overtake.set_process_priority(-10)
        overtake.clear_priority()

    def test_a_block_runs_and_its_exceptions_pass(self):
        with self.assertRaisesRegex(KeyError, "from within"):
            with overtake.priority(10):
                raise KeyError("from within")

    def test_a_decorated_function_keeps_its_name_arguments_and_result(self):
        @overtake.priority(10)
        def divide(a, b):
            return a / b

        self.assertEqual(divide.__name__, "divide")
        self.assertEqual(divide(6, b=3), 2)

    def test_the_ends_of_the_range_are_in_it(self):
        for value in (overtake.MIN_PRIORITY, overtake.MAX_PRIORITY):
            overtake.set_priority(value)
            overtake.set_process_priority(value)
            overtake.priority(value)

    def test_out_of_range_is_an_error(self):
        for value in (-256, 256, 10**30):
            for call in (overtake.set_priority, overtake.set_process_priority, overtake.priority):
                with self.subTest(call=call.__name__, value=value):
                    with self.assertRaisesRegex(ValueError, "-255 to 255"):
                        call(value)

    def test_what_is_no_whole_number_is_an_error(self):
        for value in (1.5, "10", None):
            for call in (overtake.set_priority, overtake.set_process_priority, overtake.priority):
                with self.subTest(call=call.__name__, value=value):
                    with self.assertRaises(TypeError):
                        call(value)

    def test_what_runs_by_turns_cannot_be_decorated(self):
        async def coroutine():
            pass

        def generator():
            yield

        async def asynchronous_generator():
            yield

        for function in (coroutine, generator, asynchronous_generator):
            with self.subTest(function.__name__):
                with self.assertRaisesRegex(TypeError, function.__name__):
                    overtake.priority(10)(function)


@unittest.skipUnless(sys.platform == "linux" and shutil.which("gcc"), "needs Linux and gcc")
class WithOvertake(unittest.TestCase):
    """Each test is a program that prints what it finds."""

    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as cleanup:
            folder = cleanup.enter_context(tempfile.TemporaryDirectory())
            cls.library = os.path.join(folder, "libfake.so")
            compilation = ["gcc", "-std=gnu11", "-I", str(HEADER_FOLDER), "-shared", "-fPIC"]
            subprocess.run([*compilation, str(FAKE_SHIM), "-o", cls.library], check=True)
            cls.addClassCleanup(cleanup.pop_all().close)

    def assert_prints(self, expected, program, **environment):
        child = subprocess.run(
            [sys.executable, "-c", "import overtake\n" + textwrap.dedent(program)],
            cwd=HERE,
            env={**os.environ, "LD_PRELOAD": self.library, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            universal_newlines=True,
            timeout=60,
        )
        self.assertEqual(child.stdout.split("\n")[:-1], [str(line) for line in expected])
        self.assertEqual(child.returncode, 0)

    def test_a_priority_is_set_and_cleared(self):
        self.assert_prints(
            [True, None, 10, -255, None],
            """
            print(overtake.active())
            print(overtake.get_priority())
            overtake.set_priority(10)
            print(overtake.get_priority())
            overtake.set_priority(-255)
            print(overtake.get_priority())
            overtake.clear_priority()
            print(overtake.get_priority())
            """,
        )

    def test_a_priority_is_its_threads_own(self):
        self.assert_prints(
            [None, 20, 10],
            """
            import threading
            def other():
                print(overtake.get_priority())
                overtake.set_priority(20)
                print(overtake.get_priority())
            overtake.set_priority(10)
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
            print(overtake.get_priority())
            """,
        )

    def test_blocks_nest(self):
        self.assert_prints(
            [10, 20, 10, None],
            """
            with overtake.priority(10):
                print(overtake.get_priority())
                with overtake.priority(20):
                    print(overtake.get_priority())
                print(overtake.get_priority())
            print(overtake.get_priority())
            """,
        )

    def test_one_object_may_be_entered_again(self):
        self.assert_prints(
            [10, 5, 10, 5, None],
            """
            high, low = overtake.priority(10), overtake.priority(5)
            with high:
                print(overtake.get_priority())
                with low:
                    print(overtake.get_priority())
                    with high:
                        print(overtake.get_priority())
                    print(overtake.get_priority())
            print(overtake.get_priority())
            """,
        )

    def test_an_exception_restores_what_was_before(self):
        self.assert_prints(
            ["ZeroDivisionError", 5],
            """
            overtake.set_priority(5)
            try:
                with overtake.priority(10):
                    1 / 0
            except ZeroDivisionError as e:
                print(type(e).__name__)
            print(overtake.get_priority())
            """,
        )

    def test_a_decorated_function_has_its_priority_while_it_runs(self):
        self.assert_prints(
            [10, 10, 10, None],
            """
            @overtake.priority(10)
            def descend(depth):
                print(overtake.get_priority())
                if depth:
                    descend(depth - 1)
            descend(2)
            print(overtake.get_priority())
            """,
        )

    def test_the_process_has_a_priority(self):
        self.assert_prints(
            [-20, None],
            """
            import ctypes
            overtake.set_process_priority(-20)
            print(ctypes.CDLL(None).fake_process_priority())
            print(overtake.get_priority())
            """,
        )

    def test_out_of_range_changes_nothing(self):
        self.assert_prints(
            ["ValueError", 10],
            """
            overtake.set_priority(10)
            try:
                overtake.set_priority(256)
            except ValueError as e:
                print(type(e).__name__)
            print(overtake.get_priority())
            """,
        )

    def test_a_library_that_schedules_nothing_is_as_good_as_none(self):
        self.assert_prints(
            [False, None, None],
            """
            print(overtake.active())
            overtake.set_process_priority(1)
            with overtake.priority(10):
                print(overtake.get_priority())
            print(overtake.get_priority())
            """,
            FAKE_INACTIVE="1",
        )


@unittest.skipUnless(
    all(importlib.util.find_spec(name) for name in ("pip", "setuptools", "wheel")),
    "needs pip, setuptools and wheel",
)
class Installation(unittest.TestCase):
    def test_pip_installs_it(self):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "source")  # pip leaves files beside what it installs
            source.mkdir()
            for name in ("overtake.py", "pyproject.toml"):
                shutil.copy(HERE / name, source)
            offline = ["--no-index", "--no-build-isolation", "--no-deps", "--quiet"]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", *offline, "--target", folder, str(source)],
                check=True,
                timeout=300,
            )
            self.assertEqual(
                pathlib.Path(folder, "overtake.py").read_bytes(),
                (HERE / "overtake.py").read_bytes(),
            )


if __name__ == "__main__":
    unittest.main()

"""The plugin's jar runs wherever ImageJ does, and a reader finds through its sources."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from erythema.fiji.bridge import java_class

PROJECT = Path(__file__).parents[2] / "fiji_plugin"
SOURCES = sorted((PROJECT / "src" / "main" / "java").rglob("*.java"))
MENU = (PROJECT / "src" / "main" / "resources" / "plugins.config").read_text("utf-8")
LINE = r'[\w >]+, "(?P<command>[^"]+)", (?P<name>[\w.]+)(?:\("[^"]*"\))?'
COMMANDS = [
    re.fullmatch(LINE, line)
    for line in MENU.splitlines()
    if line and not line.startswith("#") and '"-"' not in line
]
MAVEN = {"": "http://maven.apache.org/POM/4.0.0"}

JAVA_8 = 52  # the class file version (Java Virtual Machine Specification, table 4.1-A)
# What opens windows; core does without.
WINDOWS = [
    b"ij/gui/GenericDialog",
    b"ij/gui/ImageWindow",
    b"ij/gui/NonBlockingGenericDialog",
    b"ij/plugin/frame/",
    b"ij/text/TextWindow",
    b"java/awt/Dialog",
    b"java/awt/Frame",
    b"java/awt/Window",
    b"javax/swing/",
]


@pytest.fixture(scope="module")
def classes(plugin):
    """The content of each class file in the jar, by the class's name."""
    with zipfile.ZipFile(plugin) as jar:
        return {
            entry.removesuffix(".class").replace("/", "."): jar.read(entry)
            for entry in jar.namelist()
            if entry.endswith(".class")
        }


def test_the_jar_is_below_200_kb(plugin):
    assert plugin.stat().st_size < 200 * 1024


def test_every_class_is_java_8_byte_code(classes):
    versions = {name: int.from_bytes(code[6:8], "big") for name, code in classes.items()}

    assert set(versions.values()) == {JAVA_8}


def test_the_sources_are_compiled_against_the_classes_of_java_8():
    pom = ElementTree.parse(PROJECT / "pom.xml")

    assert pom.findtext("properties/maven.compiler.release", namespaces=MAVEN) == "8"


def test_imagej_is_the_only_dependency_and_not_packed():
    pom = ElementTree.parse(PROJECT / "pom.xml")
    needed = [
        (dependency.findtext("artifactId", "", MAVEN), dependency.findtext("scope", "", MAVEN))
        for dependency in pom.findall("dependencies/dependency", MAVEN)
    ]

    assert [each for each in needed if each[1] != "test"] == [("ij", "provided")]


def test_the_jar_holds_nothing_of_others(plugin):
    with zipfile.ZipFile(plugin) as jar:
        folders = {name.split("/")[0] for name in jar.namelist() if "/" in name}

    assert folders == {"META-INF", "erythema"}


def test_no_class_is_above_300_lines():
    lengths = {path.stem: len(path.read_text("utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in lengths.items() if lines > 300} == {}


def test_the_core_opens_no_window(classes):
    opening = {
        name: [window.decode() for window in WINDOWS if window in code]
        for name, code in classes.items()
    }
    opening = {name: windows for name, windows in opening.items() if windows}

    assert "erythema.Command" in opening
    assert [name for name in opening if name.startswith("erythema.core.")] == []


def test_every_line_of_the_menu_is_read():
    assert None not in COMMANDS


def test_each_command_is_in_the_menu_once():
    commands = [line["command"] for line in COMMANDS]

    assert sorted(commands) == sorted(set(commands))


def test_the_menu_has_each_command_and_only_those(imagej, classes):
    loader = java_class("ij.IJ").getClassLoader()
    plugin = java_class("ij.plugin.PlugIn").class_
    modifier = java_class("java.lang.reflect.Modifier")
    loaded = {name: loader.loadClass(name) for name in classes if "$" not in name}
    commands = {
        name
        for name, loaded_class in loaded.items()
        if plugin.isAssignableFrom(loaded_class)
        and not modifier.isAbstract(loaded_class.getModifiers())
    }

    assert commands
    assert {line["name"] for line in COMMANDS} == commands

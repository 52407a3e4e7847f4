"""The network that comes with this software, on the Nano's Python and TensorFlow, and here."""

import io

import numpy as np
import pytest
import tifffile
from asking import segment, service_of

import erythema
from erythema.measurement.agreement import dice
from erythema.samples import sample_photos
from erythema.segmentation.engines import TOLERANCE
from erythema.segmentation.outline import fill_each
from erythema.segmentation.roi_set import read_rois


@pytest.fixture(scope="module")
def nano_service(nano_python):
    """The service of the default network under Python 3.6."""
    network = erythema.default_network_folder()
    with service_of(network, program=nano_python) as client:
        yield client


@pytest.fixture(scope="module")
def engine():
    """The default network in the engine that is the default here."""
    return erythema.open_engine(erythema.load_network(erythema.default_network_folder()))


@pytest.mark.parametrize("path", sample_photos(), ids=lambda path: path.stem)
def test_the_nano_finds_the_same(nano_service, engine, path):
    photo = erythema.read_photo(path)
    here = engine.probability(photo)
    outlines_here = [[reaction.outline] for reaction in erythema.segment(photo, engine)]

    there = segment(nano_service, path.read_bytes(), "image/tiff").content
    rois_there = read_rois(segment(nano_service, path.read_bytes(), "application/zip").content)

    assert np.abs(tifffile.imread(io.BytesIO(there)) - here).max() <= TOLERANCE
    assert len(rois_there) == len(outlines_here) > 0
    mask_there = fill_each([roi.outlines for roi in rois_there], photo.shape[:2])
    assert dice(mask_there, fill_each(outlines_here, photo.shape[:2])) > 0.999

"""What a user would write in an afternoon: a FastAPI handler that calls keras.Model.predict.

With LOOKS=all it looks at a photo as often as the network's manifest asks, as the service does;
else once. Here for comparison only: it checks nothing and refuses nobody.

    uvicorn --app-dir tests/benchmarks afternoon_service:app
"""

import io
import os

import cv2
import keras
import numpy as np
from fastapi import FastAPI, Request
from PIL import Image

import erythema
from erythema.segmentation.engines import Engine, fit, unfit

network = erythema.load_network(erythema.default_network_folder())
model = keras.models.load_model(network.folder / "network.keras", compile=False)
app = FastAPI()


def predict(photos: np.ndarray) -> np.ndarray:
    """Return the network's probabilities of a batch."""
    return np.asarray(model.predict(photos, verbose=0))


@app.post("/segment")
async def segment(request: Request) -> dict[str, list[list[list[int]]]]:
    """Return the outlines of a photo."""
    photo = np.asarray(Image.open(io.BytesIO(await request.body())).convert("RGB"))
    if os.environ.get("LOOKS") == "all":
        probability = Engine("keras", network, predict).probability(photo)
    else:
        fitted = fit(photo, network.input_size)[None]
        probability = unfit(predict(fitted)[0, :, :, 0], photo.shape[:2])
    mask = (probability >= network.threshold).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return {"reactions": [outline[:, 0].tolist() for outline in outlines]}

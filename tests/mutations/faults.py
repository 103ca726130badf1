"""The seeded faults: each breaks one guarantee, and the tests that watch it must go red."""

from tests.mutations import (
    faults_of_asking,
    faults_of_core,
    faults_of_feelings,
    faults_of_mail,
    faults_of_people,
    faults_of_pipes,
    faults_of_places,
    faults_of_spine,
    faults_of_the_week,
)
from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    *faults_of_asking.FAULTS,
    *faults_of_core.FAULTS,
    *faults_of_feelings.FAULTS,
    *faults_of_mail.FAULTS,
    *faults_of_people.FAULTS,
    *faults_of_pipes.FAULTS,
    *faults_of_places.FAULTS,
    *faults_of_spine.FAULTS,
    *faults_of_the_week.FAULTS,
)
